import { parseIdentifier } from 'prizm';
for (const text of [
  'github:',
  'github:owner',
  'github:/repo',
  'github:owner/',
  'github:owner/repo@',
  'github:owner/repo@../../etc',
  'github:owner/repo@a..b',
  'github:owner/repo@-flag',
  'github:owner/repo@a b',
  'github:owner/repo@a~1',
  'github:owner/repo@a^{}',
  'github:owner/repo@x.lock',
  'github:../repo@v1',
  'github:owner/../x@v1',
  'github:owner/repo/../../x@v1',
  'github:owner/repo/%2e%2e/x@v1',
  'github:ow ner/repo',
  'npm:',
  'npm:@scope',
  'npm:@/x@1',
  'npm:Pack age@1',
  'npm:../x@1',
  'npm:x@',
  'git+https://',
  'git+ssh//x',
  'owner/repo',
  '',
]) {
  try {
    console.log(text, '-> accepted', JSON.stringify(parseIdentifier(text)));
  } catch {
    console.log(`${text} -> refused`);
  }
}
