console.log('main', Deno.args[0] as string);
