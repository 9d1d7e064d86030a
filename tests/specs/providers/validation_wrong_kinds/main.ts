import { getProvider } from 'prizm';
try {
  await getProvider('file:./wrong.ts');
} catch (error) {
  console.log(...['type', 'capabilities', 'getModel'].map((name) => error.message.includes(name)));
}
