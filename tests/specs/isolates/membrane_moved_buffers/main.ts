const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
const kept = new Uint8Array(1 << 20).fill(1);
console.log(provider.sum(kept), kept.length);
console.log(provider.sum(Prizm.transfer(kept)), kept.length);
const pixels = { data: new Uint8Array(8), other: new Uint8Array(8) };
const back = provider.echo(Prizm.transfer(pixels, [pixels.data]));
console.log(back.data.length, back.other.length, pixels.data.length, pixels.other.length);
const part = new Uint8Array(16).fill(2).subarray(4, 8);
console.log(provider.sum(Prizm.transfer(part)), part.length);
try {
  Prizm.transfer(1, [5 as any]);
} catch (error) {
  console.log((error as Error).message);
}
