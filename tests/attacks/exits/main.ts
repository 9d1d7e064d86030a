import { getProvider } from 'prizm';

const attempt = async (text: string, work: () => Promise<unknown>) => {
  const late = new Promise((resolve) => setTimeout(resolve, 20000, 'no answer').unref?.());
  try {
    console.log(text, '-', await Promise.race([work(), late]));
  } catch (error: any) {
    console.log(text, '-', error.reason ?? error.cause?.reason ?? error.name);
  }
};
const other: any = await getProvider('github:good/victim');

for (const kind of ["process.exit", "process.reallyExit", "Deno.exit", "close", "process.abort", "a signal to itself", "a signal by Deno", "a signal to the parent", "a signal to all", "a signal to the group", "an unstable feature", "a store", "flags of V8", "a title", "an error", "a rejection", "an exit later", "an exit code", "beforeExit", "chdir", "umask", "setuid", "priority"]) {
  await attempt(kind, async () => (await getProvider('github:evil/thief') as any).attack(kind));
}
console.log('the script and another provider go on:', await other.isAvailable());
