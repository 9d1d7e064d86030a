import { getProvider } from 'prizm';
const [old, fresh] = await Promise.all([getProvider('github:acme/old@v1'), getProvider('github:acme/new@v1')]);
console.log(old.name, fresh.name);
