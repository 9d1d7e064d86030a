const child = new Deno.Command('sh', { args: ['-c', `"${Deno.execPath()}" run many.ts | { read first; echo "$first"; }`] });
const { stdout, stderr } = await child.output();
if (new TextDecoder().decode(stderr).includes('panicked')) throw new Error('panic');
console.log(new TextDecoder().decode(stdout).trim());
