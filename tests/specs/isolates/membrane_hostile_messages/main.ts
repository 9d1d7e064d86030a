// The host's end of a link, with hands on what its guest sends.
import { core } from "ext:core/mod.js";
import { Membrane } from "ext:prizm/isolate/membrane.ts";

const CALL = 1, REPLY = 2, POST = 0;
const stand = (index: number) => new Number(index);

function message(kind: number, content: unknown, hasSpecials: boolean): Uint8Array {
  const bytes = core.serialize(content);
  const result = new Uint8Array(bytes.length + 2);
  result.set([kind, hasSpecials ? 1 : 0]);
  result.set(bytes, 2);
  return result;
}

/** A host that has a reference of its guest's, and gives `reply` the next word. */
async function hostWith(reply: () => Uint8Array) {
  const sent: Uint8Array[] = [];
  const wire = {
    post: (bytes: Uint8Array) => void sent.push(bytes),
    call: reply,
    give: () => 0,
    take: () => { throw new Error("There is no such buffer"); },
    ref: () => {},
    close: () => {},
  };
  const host = new Membrane(wire, { isHost: true, name: "github:acme/hostile" });
  const loading = host.load();
  host.receive(message(POST, [[22, 1, true, stand(0)], [[1, 1, 16]]], true));
  return { host, root: await loading, sent };
}

const causes = Array.from({ length: 5000 }, (_, at) => [5, "E", "Error", "m", "s", "E", ["cause", stand(at + 1), false]]);
let nested: any = [];
for (let at = 0; at < 1000; at++) nested = [nested];
const sparse: any[] = [];
sparse.length = 4e9;

/** Replies to a GET: body and specials. */
const replies: Record<string, unknown> = {
  eval: [[0, stand(0), 0], [[2, "eval"]]],
  Function: [[0, stand(0), 0], [[2, "Function"]]],
  "Object.prototype": [[0, stand(0), 0], [[2, "Object.prototype"]]],
  "Reflect.apply": [[0, stand(0), 0], [[2, "Reflect.apply"]]],
  globalThis: [[0, stand(0), 0], [[2, "globalThis"]]],
  "a harmless class": [[0, stand(0), 0], [[2, "Map"]]],
  "an inherited field": [[0, "Object.prototype", 2], []],
  "a field of an array": [[0, "Array.prototype", 2], []],
  "an object never given": [[0, stand(0), 0], [[0, 12345]]],
  "an object by name": [[0, stand(0), 0], [[0, "__proto__"]]],
  "no such special": [[0, stand(3), 0], []],
  "half a special": [[0, stand(0.5), 0], [[2, "Map"]]],
  "a special by name": [[0, stand(NaN), 0], [[2, "Map"]]],
  "no known kind": [[0, stand(0), 0], [[999, 1]]],
  "causes without an end": [[0, stand(0), 0], [...causes, [11, 1]]],
  "a circle of specials": [[0, stand(0), 0], [[22, stand(0), stand(0)]]],
  "deep data": [[0, nested, 0], []],
  "an error with endless fields": [[1, stand(0)], [[5, "Error", "Error", "m", "s", "n", sparse]]],
  "endless headers": [[0, stand(0), 0], [[15, sparse]]],
  "endless symbols": [[0, stand(0), 0], [[7, 0, {}, sparse]]],
  "no list": "text",
  "no specials": [[0, 1, 0]],
  "a view that is too long": [[0, stand(0), 0], [[9, "Float64Array", new ArrayBuffer(8), 4, 1e9]]],
  "a view of no class": [[0, stand(0), 0], [[9, "Function", new ArrayBuffer(8), 0, 1]]],
  "a buffer never given": [[0, stand(0), 0], [[10, 7]]],
  "a blob of less than nothing": [[0, stand(0), 0], [[19, stand(1), -1, "x"], [1, 77, 1]]],
  "a signal without a number": [[0, stand(0), 0], [[23, {}, false, true]]],
  "a reference of another kind": [[0, stand(0), 0], [[6, 1]]],
  "a method that is none": [[0, 1, 1], []],
  "keys that pollute": [[0, JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'), 0], []],
  "an error of a wrong class": [[1, stand(0)], [[5, "Map", "Map", "m", "s", "n", []]]],
  "a thrown value": [[1, { name: "not an error" }], []],
};

for (const [name, reply] of Object.entries(replies)) {
  const { host, root } = await hostWith(() => message(REPLY, reply, true));
  try {
    const value = root.next;
    console.log(`${name}: ${typeof value === "object" ? JSON.stringify(value).slice(0, 60) : String(value)}`);
  } catch (error: any) {
    console.log(`${name}: ${error.name}${error.reason === undefined ? "" : ` ${error.message}`}`);
  }
  if (host.hasEnded && replies[name] === undefined) console.log("it should go on");
}
for (const bytes of [[REPLY], [REPLY, 0], [REPLY, 0, 255, 15, 1, 2], [POST, 0], [9, 9], []]) {
  const { root } = await hostWith(() => new Uint8Array(bytes));
  try {
    console.log(root.next);
  } catch (error: any) {
    console.log(bytes, error.name, error.reason);
  }
}

/** Messages that a host answers, or leaves alone. */
const { host, root, sent } = await hostWith(() => message(REPLY, [0, 1, 0], false));
const before = sent.length;
const asked: [number, unknown][] = [
  [CALL, [0, 99999, "x"]], [CALL, [0, "__proto__", "x"]], [CALL, [77, 1, "x"]], [CALL, sparse], [CALL, [12, 0, 0, []]], [CALL, []],
  [POST, [22, 5, true, 1]], [POST, [23, 5, true, 1]], [POST, [24, 5, true, 1]], [REPLY, [0, 1]],
  [POST, [25, [1, NaN, 1, -5, 1, Infinity, "x", 1]]],
];
for (const [kind, body] of asked) host.receive(message(kind, body, false));
const refusals = sent.slice(before).map((bytes) => [bytes[0], core.deserialize(bytes.subarray(2))[0][0]]);
console.log(host.hasEnded, refusals.length, refusals.every(([kind, word]) => kind === REPLY && word === 1));
host.receive(message(POST, [25, sparse], false));
try {
  root.next;
} catch (error: any) {
  console.log("an endless release:", error.reason);
}
console.log(({} as any).polluted, Object.getOwnPropertyNames(Object.prototype).includes("next"));
