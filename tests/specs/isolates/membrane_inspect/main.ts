import util from "node:util";
const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
console.log(provider.literal, provider.echo, provider.Model, [provider.model.id], provider.registry);
console.log({ inside: provider.literal });
console.log(util.inspect(provider.literal), Deno.inspect(provider.literal));
console.log("%o %s", provider.frozen, provider.literal);
