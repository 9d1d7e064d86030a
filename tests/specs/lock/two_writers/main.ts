console.log((await import(`github:acme/${Deno.args[0]}@v1`)).name);
