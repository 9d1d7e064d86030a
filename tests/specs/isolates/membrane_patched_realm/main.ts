const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
const poison = () => {
  throw new Error("patched");
};
const { then } = Promise.prototype;
const data = { list: [1, { f: () => 1 }], map: new Map([[1, 2]]) };
const patches: [any, PropertyKey[]][] = [
  [Array.prototype, ["push", "pop", "map", "forEach", "slice", Symbol.iterator]],
  [Map.prototype, ["get", "set", "has", "delete", "forEach"]],
  [Set.prototype, ["add", "has", "forEach"]],
  [WeakMap.prototype, ["get", "set", "has"]],
  [Function.prototype, ["bind"]],
  [Object, ["defineProperty", "getPrototypeOf", "keys"]],
  [Reflect, ["apply", "get", "ownKeys"]],
];
for (let at = 0; at < patches.length; at++) {
  for (let index = 0; index < patches[at][1].length; index++) patches[at][0][patches[at][1][index]] = poison;
}
(Object.prototype as any).get = poison;
(Object.prototype as any).value = "polluted";
(Object.prototype as any).hostObjects = "polluted";
Promise.prototype.then = function (this: any, ...list: any[]) {
  return Reflect.construct === undefined ? undefined : thenOf(this, list);
} as any;
function thenOf(promise: any, list: any[]): any {
  promise.__then = then;
  return promise.__then(list[0], list[1]);
}
const seen: any = {};
const result = await provider.later(data);
seen.id = provider.id;
seen.sum = provider.call((a: number, b: number) => a + b, 1, 2);
seen.map = result.map.size;
seen.f = result.list[1].f();
seen.model = (await provider.getModel("x")) === provider.model;
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify([seen.id, seen.sum, seen.map, seen.f, seen.model]) + "\n"));
Deno.exit(0);
