const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
console.log(provider.model === provider.model, provider.echo === provider.echo, provider.isMe(provider));
console.log((await provider.getModel("x")) === provider.model, (await provider.later(provider)) === provider);
class Mine { #secret = 1; get secret() { return this.#secret; } }
const mine = new Mine();
const run = () => 1;
const data: any = { list: [mine, run], again: mine };
data.self = data;
const back = provider.echo(data);
console.log(provider.echo(mine) === mine, provider.echo(run) === run, provider.echo(data) === data);
console.log(back.self === back, back.list[0] === mine, back.list[1] === run, back.again === mine);
console.log(provider.isToken(provider.token), String(provider.token), provider.echo(Symbol.iterator) === Symbol.iterator);
const own = Symbol("own");
console.log(provider.echo(own) === own, provider.echo(Symbol.for("a")) === Symbol.for("a"));
const promise = Promise.resolve(1);
console.log(await provider.echo(promise), await provider.promise(provider.model) === provider.model);
