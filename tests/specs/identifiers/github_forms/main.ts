import { parseIdentifier } from 'prizm';
for (const text of [
  'https://github.com/o/r.git',
  'https://github.com/o/r.git@v1',
  'https://github.com/o/r/tree/v1.0',
  'https://github.com/o/r/tree/v1.0/sub/dir',
  'https://github.com/o/r@v2',
  'github:o/r',
  'github:o/r.git@v1',
  'github:o/r@feature/new-model',
  'github:o/r@0123456789abcdef0123456789abcdef01234567',
  'github:o/r@^2.1',
  'github:o/r@latest',
  'github:o/r/sub/dir@v1',
  'github:o/repo.with.dots-and_more@v1',
]) {
  const { type, owner, repo, ref, path = '-' } = parseIdentifier(text);
  if (type !== 'github') throw new Error(`${text} is ${type}`);
  console.log(`${text} -> ${owner} ${repo} ${ref} ${path}`);
}
