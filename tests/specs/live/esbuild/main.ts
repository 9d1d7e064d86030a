import * as esbuild from 'npm:esbuild@^0.24.0';
const { code } = await esbuild.transform('let a: number = 1', { loader: 'ts' });
console.log(code.trim());
await esbuild.stop();
