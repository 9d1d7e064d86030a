import { parseIdentifier } from 'prizm';
for (const text of [
  'file:///path/to/provider',
  'file:///with%20space/%C3%A9',
  'file:./providers/a',
  'file:providers/a',
  './providers/a',
]) {
  const { type, path } = parseIdentifier(text);
  if (type !== 'file') throw new Error(`${text} is ${type}`);
  console.log(path);
}
