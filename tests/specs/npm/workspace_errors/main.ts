await import(`github:acme/${Deno.args[0]}`);
