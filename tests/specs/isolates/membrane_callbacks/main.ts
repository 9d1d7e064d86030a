const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
console.log(provider.call((a: number, b: number) => a + b, 1, 2));
const seen: any[] = [];
const { asset, model } = await provider.model.transform({ data: new Uint8Array([1]) }, { onProgress: (part: number) => seen.push(part) });
console.log(asset, model === provider.model, seen);
const heard: any[] = [];
const listener = (part: number) => heard.push(part);
provider.model.on("progress", listener);
await provider.model.transform(1);
provider.model.off("progress", listener);
await provider.model.transform(1);
console.log(heard, provider.model.listenerCount("progress"));
let depth = 0;
const down = (n: number): number => n >= 20 ? n : provider.recurse(down, n);
console.log(down(0));
const forever = (): number => { depth++; return provider.recurse(forever, 0); };
try {
  forever();
} catch (error) {
  console.log(error instanceof RangeError, (error as Error).message);
}
console.log(depth > 20, provider.id);
const counter = { count: 0, add(by: number) { this.count += by; return this; } };
console.log(provider.call((it: any) => it.add(2).add(3), counter) === counter, counter.count);
console.log(await provider.call(async (x: number) => x * 2, 21));
