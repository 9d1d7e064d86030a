import { parseIdentifier } from 'prizm';
const sub = parseIdentifier('github:o/r/sub/dir@v1');
const none = parseIdentifier('github:o/r@v1');
const extra = Object.keys(sub).filter((key) => !(key in none));
console.log(extra.join(), sub.path === 'sub/dir', 'path' in none);
