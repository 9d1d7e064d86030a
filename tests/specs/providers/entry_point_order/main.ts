import { getProvider } from 'prizm';
for (const name of ['exports', 'main', 'dist', 'src', 'ts', 'js']) {
  console.log((await getProvider(`file:./${name}`)).name);
}
