console.log(Deno.readTextFileSync('data.txt').trim());
