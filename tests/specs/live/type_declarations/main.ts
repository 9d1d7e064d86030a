import ts from 'npm:typescript@^5.4.0';
const types = new Deno.Command(Deno.execPath(), { args: ['types'] }).outputSync();
Deno.writeFileSync('prizm.d.ts', types.stdout);
for (const file of ['good.ts', 'bad.ts']) {
  const program = ts.createProgram([file, 'prizm.d.ts'], {
    noEmit: true, strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler, types: [], skipLibCheck: true, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  });
  const found = ts.getPreEmitDiagnostics(program).filter((one) => one.file?.fileName.endsWith(file));
  console.log(`${file}: ${file === 'bad.ts' ? found.length : found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, ' ')).join()}`);
}
