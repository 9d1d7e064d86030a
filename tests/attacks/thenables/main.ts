import { getProvider } from 'prizm';

(globalThis as any).secretOfTheScript = 'marker-4f9d2c81b7e6';

const provider: any = await getProvider('github:evil/thief');
for (const kind of ['then', 'getter', 'throwing', 'alternating', 'never']) {
  const { value } = await provider.attack(kind);
  const late = new Promise((resolve) => setTimeout(resolve, 500, 'nothing came, and the script goes on'));
  try {
    console.log(kind, await Promise.race([value, late]));
  } catch (error: any) {
    console.log(kind, error.name, error.message);
  }
}
console.log('found', await provider.attack('found'));
