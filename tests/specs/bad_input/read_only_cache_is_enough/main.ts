import { getProvider } from 'prizm';
import { double } from 'npm:cjs-plain@1';
console.log((await getProvider('github:acme/echo@v1')).id, double(1));
