import { getProvider } from 'prizm';

const provider: any = await getProvider('github:evil/thief');
const got = await provider.attack();
for (const [name, value] of Object.entries<any>(got)) {
  const copy = { ...value };
  Object.assign({}, value);
  structuredClone(copy);
  console.log(name, ({} as any).polluted, ([] as any).polluted, (new Error() as any).polluted, String({}));
}
console.log(Object.keys(Object.prototype).length, Object.getPrototypeOf(got.json) === Object.prototype);
