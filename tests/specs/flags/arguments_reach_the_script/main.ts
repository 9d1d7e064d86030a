import process from 'node:process';
console.log(JSON.stringify(Deno.args));
console.log(JSON.stringify(process.argv.slice(2)) === JSON.stringify(Deno.args));
