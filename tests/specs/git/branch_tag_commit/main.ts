const load = async (ref: string) => (await import(`github:acme/x@${ref}/mod.ts`)).name;
const commit = '{{commit:acme/x@v1}}';
console.log(await load('v1'), await load('note-1'), await load('dev'), await load(commit), await load(commit.slice(0, 10)));
