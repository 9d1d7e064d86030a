import { getProvider } from 'prizm';

(globalThis as any).fromTheScript = true;
const provider: any = await getProvider('github:acme/x@v1.0.0');
console.log(provider.isHere());
