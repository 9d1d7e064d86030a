import { getProvider } from 'prizm';

(globalThis as any).fromTheScript = true;
for (const identifier of ['github:acme/painter', 'file:./local']) {
  const provider: any = await getProvider(identifier);
  console.log(provider.isHere());
}
