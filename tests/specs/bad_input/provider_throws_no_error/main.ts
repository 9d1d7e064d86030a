import { getProvider } from 'prizm';
for (const name of ['text', 'nothing']) {
  try {
    await getProvider(`file:./${name}.ts`);
  } catch (error) {
    console.log(error.message.replace(/.*provider '/, '').replace(/undefined.*/, 'undefined'));
  }
}
