import { parseIdentifier } from 'prizm';
for (const text of [
  'git+https://git.example.com/team/x.git@v1.0',
  'git+https://git.example.com/team/x.git',
  'git+https://git.example.com:8443/team/x.git@dev',
]) {
  const { type, url, ref } = parseIdentifier(text);
  console.log(type, url.includes('git.example.com'), url.includes('/team/x'), ref);
}
