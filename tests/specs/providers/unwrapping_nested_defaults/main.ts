import { getProvider } from 'prizm';
for (const name of ['three', 'own']) console.log((await getProvider(`file:./${name}.ts`)).id);
