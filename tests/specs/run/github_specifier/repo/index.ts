console.log('entry', Deno.args.join());
