import { parseIdentifier } from 'prizm';
for (const text of [
  'npm:pkg@1.2.3',
  'npm:pkg@^1',
  'npm:@scope/pkg@next',
  'npm:@scope/pkg@>=1.0.0 <2',
  '@scope/pkg@1.0.0-beta.1',
  'pkg@1.2.3',
]) {
  const { type, packageName, version } = parseIdentifier(text);
  if (type !== 'npm') throw new Error(`${text} is ${type}`);
  console.log(`${text} -> ${packageName} ${version}`);
}
