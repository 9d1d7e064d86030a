import { getProvider } from 'prizm';
const byTag = await getProvider('github:acme/echo@v1.0.0');
const again = await getProvider('https://github.com/acme/echo.git@v1.0.0');
const byCommit = await getProvider('github:acme/echo@{{commit:acme/echo@v1.0.0}}');
const byRange = await getProvider('github:acme/echo@^1.0');
const other = await getProvider('github:acme/echo@v2.0.0');
console.log(byTag === again, byTag === byCommit, byTag === byRange, byTag === other);
