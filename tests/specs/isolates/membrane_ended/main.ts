import { ProviderEndedError } from "prizm";
const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
const { model, echo } = provider;
const { transform } = model;
const pending = [provider.end(), provider.collect(new ReadableStream())];
for (const { reason: error } of await Promise.allSettled(pending) as any[]) {
  console.log(error instanceof ProviderEndedError, error.name, error.reason, error.identifier, error.hints);
}
for (const work of [() => provider.id, () => echo(1), () => model.use(), () => new provider.Model("x")]) {
  try {
    work();
  } catch (error: any) {
    console.log(error instanceof ProviderEndedError, error.message.split(":").slice(0, 3).join(":"));
  }
}
console.log(await Reflect.apply(transform, model, [1]).catch((error: any) => error.reason));
console.log(provider);
const again: any = await Prizm.getProvider("github:acme/shapes@v1");
console.log(again === provider, again.id, again.model.use());
