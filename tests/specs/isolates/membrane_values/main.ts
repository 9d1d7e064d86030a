const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
const blob = new Blob(["abc"], { type: "text/plain" });
const values: any = {
  bigint: 5n, minus: -0, nan: NaN, none: undefined, nothing: null, date: new Date(0), expression: /a+/gi,
  map: new Map<any, any>([[{ a: 1 }, new Set([1, "x"])]]), bytes: new Uint8Array([1, 2, 3]), buffer: Buffer.from("hi"),
  part: new Uint8Array([1, 2, 3, 4]).subarray(1, 3), view: new DataView(new ArrayBuffer(2)), floats: new Float64Array([0.5]),
  url: new URL("https://a.b/c?d#e"), search: new URLSearchParams("a=1&b=2"), headers: new Headers({ "x-a": "1" }),
  error: new RangeError("far"), boxed: Object("text"), number: new Number(5), holes: [1, , 3], empty: {}, long: "x".repeat(5),
};
for (const [key, value] of Object.entries(values)) {
  const back = provider.echo(value);
  console.log(key, back instanceof Error ? String(back) : back);
}
const cross: any = provider.echo(values);
console.log(Object.is(cross.minus, -0), 1 in cross.holes, cross.buffer instanceof Buffer, cross.part.length);
console.log(await provider.echo(blob).text(), provider.echo(blob).type, provider.echo(new File(["x"], "n.txt")).name);
for (const name of ["date", "map", "bytes", "url", "headers", "error"]) {
  const type = values[name].constructor.name;
  console.log(name, provider.about(values[name]), provider.isA(values[name], type), cross[name] instanceof (globalThis as any)[type]);
}
const frozen = provider.frozen;
console.log(Object.isFrozen(frozen), Object.isFrozen(frozen.list), Object.getPrototypeOf(provider.bare), provider.bare.q);
const strange = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}');
console.log(Object.getOwnPropertyNames(provider.echo(strange)), ({} as any).polluted, provider.text(strange));
console.log(await provider.thenable, provider.values.get("k"));
