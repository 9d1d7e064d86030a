const outer: any = await Prizm.getProvider("github:acme/outer");
await outer.configure({});
const model = await outer.getModel("x");
console.log(model.id, model.use(), model.uses, outer.isInner(model), model === await outer.getModel("y"));
console.log(outer.pass((value: number) => value + 1));
model.once("progress", (part: number) => console.log("progress", part));
const { asset } = await model.transform(new Uint8Array([1, 2]), { onProgress: (part: number) => console.log("option", part) });
console.log(asset, model.constructor.name);
try {
  await outer.getModel("none");
} catch (error: any) {
  console.log(error instanceof TypeError, error.name, error.cause.message, error.retryAfter);
}
const chunks = [];
for await (const chunk of outer.stream()) chunks.push(chunk[0]);
console.log(chunks);
const inner: any = await Prizm.getProvider("github:acme/shapes@v1");
console.log(inner.isMe(outer.inner), inner.call((value: any) => value.isMe(value), inner), outer.inner.id, inner.echo(outer.inner) === outer.inner);
