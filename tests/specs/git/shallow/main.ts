const load = async (ref: string) => (await import(`github:acme/x@${ref}/mod.ts`)).name;
console.log(await load('main'), await load('v2'), await load('{{commit:acme/x@v2}}'));
