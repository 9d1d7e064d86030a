import { getProvider } from 'prizm';

const [one, two, none] = await Promise.all(['one', 'two', 'none'].map((name) => getProvider(`github:acme/${name}@v1.0.0`)));
const name = async (action) => {
  try {
    return await action();
  } catch (error) {
    return error.name;
  }
};
console.log(Prizm.cacheFolder);
console.log(one.folder() !== two.folder(), one.folder().startsWith(Deno.env.get('PRIZM_HOME')));
one.write(`${one.folder()}/x.txt`, 'kept');
console.log(one.read(`${one.folder()}/x.txt`));
console.log(await name(() => two.read(`${one.folder()}/x.txt`)));
console.log(await name(() => two.write(`${one.folder()}/x.txt`, 'changed')));
console.log(await name(() => two.read(`${two.folder()}/../${one.folder().split('/').at(-1)}/x.txt`)));
console.log(none.folder());
