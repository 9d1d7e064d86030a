import { getProvider } from 'prizm';

const attempt = async (text: string, work: () => Promise<unknown>) => {
  const late = new Promise((resolve) => setTimeout(resolve, 20000, 'no answer').unref?.());
  try {
    console.log(text, '-', await Promise.race([work(), late]));
  } catch (error: any) {
    const reason = error.reason ?? error.cause?.reason ?? error.name;
    console.log(text, '-', ['cpu', 'wall', 'memory', 'RangeError', 'Error'].includes(reason) ? 'stopped' : reason);
  }
};
const other: any = await getProvider('github:good/victim');

for (const kind of ["text", "list of texts", "array-like", "sparse array", "deep", "endless iterator"]) {
  await attempt(kind, async () => (await getProvider('github:evil/thief') as any).attack(kind));
}
console.log('the script and another provider go on:', await other.isAvailable());
