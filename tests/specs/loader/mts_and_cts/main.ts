import { kind } from './kind.cts';
async function main() {
  const esm = await import('./esm.mts');
  console.log(esm.kind, kind);
}
main();
