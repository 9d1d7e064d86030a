// What the modules of the membrane take from the runtime, as far as a script can have it.
import buffer from "node:buffer";
import events from "node:events";
import util from "node:util";

const inner = Deno[Deno.internal].core;
const modules = { "node:buffer": buffer, "node:events": events, "node:util": util };
export const core = Object.create(
  inner,
  Object.getOwnPropertyDescriptors({
    loadExtScript: (name) => name.includes("console") ? Deno : globalThis,
    createLazyLoader: (name) => () => modules[name],
  }),
);

const TypedArray = Object.getPrototypeOf(Uint8Array);
const classes = { ...Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, globalThis[name]])), TypedArray };
const names = Object.keys(classes).sort((a, b) => b.length - a.length);
const uncurry = (method) => (self, ...list) => Reflect.apply(method, self, list);
const lower = (text) => text[0].toLowerCase() + text.slice(1);

/** `ArrayPrototypePush`, `MapPrototypeGetSize`, `ReflectApply`, `SafeMap`, `Error`. */
function primordial(name) {
  if (name === "indirectEval") return eval;
  if (name.startsWith("Safe") && name !== "Safe") return classes[name.slice(4)];
  if (name in classes) return classes[name];
  const owner = names.find((it) => name.startsWith(it));
  const rest = name.slice(owner.length);
  const value = classes[owner];
  if (rest === "Prototype") return value.prototype;
  if (!rest.startsWith("Prototype")) {
    const found = value[lower(rest)];
    return owner === "Promise" ? found.bind(value) : found;
  }
  const key = rest.slice("Prototype".length);
  if (key.startsWith("Get")) {
    const field = key.slice(3).startsWith("Symbol") ? Symbol[lower(key.slice(9))] : lower(key.slice(3));
    const getter = Object.getOwnPropertyDescriptor(value.prototype, field)?.get;
    if (getter !== undefined) return uncurry(getter);
  }
  if (key.startsWith("Symbol")) return uncurry(value.prototype[Symbol[lower(key.slice(6))]]);
  return uncurry(value.prototype[lower(key)]);
}

export const primordials = new Proxy({}, { get: (_, name) => primordial(name) });
