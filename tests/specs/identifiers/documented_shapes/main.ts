import { parseIdentifier } from 'prizm';
for (const text of [
  'https://github.com/owner/repo',
  'github:owner/repo@v1.0.0',
  '@scope/package@1.2.3',
  'npm:package@latest',
  'file:///path/to/provider',
]) {
  console.log(JSON.stringify(parseIdentifier(text)));
}
