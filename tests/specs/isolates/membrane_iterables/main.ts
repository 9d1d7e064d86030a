const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
console.log([...provider.numbers()]);
const numbers = provider.numbers();
console.log(numbers.next(), numbers.next("given"), numbers.next(), numbers.next());
for await (const word of provider.words(["a", "b"])) console.log(word);
async function* mine() {
  yield 1;
  yield { two: 2 };
}
console.log(await provider.collect(mine()), await provider.collect(provider.words(["c"])));
for await (const word of provider.words(["first", "second"])) {
  console.log(word);
  break;
}
