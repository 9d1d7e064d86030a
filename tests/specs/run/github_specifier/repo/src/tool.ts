console.log('tool', Deno.args.join(), import.meta.main);
