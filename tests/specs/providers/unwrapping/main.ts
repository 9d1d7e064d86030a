import { getProvider } from 'prizm';
for (const name of ['default-class', 'default-object', 'double-default', 'named', 'module-exports']) {
  console.log((await getProvider(`file:./${name}.ts`)).id);
}
