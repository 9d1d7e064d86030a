import { getProvider } from 'prizm';
const message = (error: Error) => console.log(error.message);
await import('npm:cjs-plain').catch(message);
await getProvider('npm:cjs-plain').catch(message);
try {
  require('cjs-plain');
} catch (error) {
  message(error as Error);
}
