const { gc } = globalThis as any;
const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
async function until(work: () => boolean): Promise<boolean> {
  for (let round = 0; round < 200; round++) {
    gc();
    await turn();
    if (work()) return true;
    // What was looked at stays until the end of the turn.
    await turn();
  }
  return false;
}
let kept = provider.make(500)[7];
console.log(await until(() => provider.alive() === 1), kept.id);
kept = undefined;
console.log(await until(() => provider.alive() === 0));
const mine: WeakRef<object>[] = [];
for (let round = 0; round < 100; round++) {
  const callback = () => round;
  mine.push(new WeakRef(callback));
  provider.call(callback);
}
await turn();
console.log(await until(() => provider.alive() === 0 && mine.filter((it) => it.deref() !== undefined).length <= 1));
console.log(provider.id);
