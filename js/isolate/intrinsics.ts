// The objects that every isolate has one of: constructors, prototypes, and namespaces of the language and the runtime.
//
// They cross by name: what comes out on the other side is its own, so that `instanceof` holds there, and a guest never
// reaches those of its host. From a guest, a host takes only plain classes by name: were it to take `eval` or
// `Object.prototype`, a guest could have the script call the one with a text, or write to the other.

import { core, primordials } from "ext:core/mod.js";
import * as errors from "ext:prizm/errors.ts";

const {
  indirectEval,
  ObjectGetOwnPropertyNames,
  ObjectPrototype,
  FunctionPrototype,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  SafeMap,
  SafeSet,
} = primordials as any;

const LANGUAGE = [
  "AggregateError", "Array", "ArrayBuffer", "BigInt", "BigInt64Array", "BigUint64Array", "Boolean", "DataView", "Date",
  "Error", "EvalError", "FinalizationRegistry", "Float32Array", "Float64Array", "Function", "Int16Array", "Int32Array",
  "Int8Array", "Map", "Number", "Object", "Promise", "RangeError", "ReferenceError", "RegExp", "Set", "String", "Symbol",
  "SyntaxError", "TypeError", "URIError", "Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap",
  "WeakRef", "WeakSet",
];
const NAMESPACES = ["Atomics", "JSON", "Math", "Proxy", "Reflect", "WebAssembly", "Intl", "Iterator", "SharedArrayBuffer"];

/** Classes of the runtime by the script that defines them. */
const RUNTIME: [script: string, names: string[]][] = [
  ["ext:deno_web/02_event.js", ["Event", "EventTarget", "CustomEvent", "ErrorEvent", "MessageEvent", "ProgressEvent"]],
  ["ext:deno_web/01_dom_exception.js", ["DOMException"]],
  ["ext:deno_web/03_abort_signal.js", ["AbortController", "AbortSignal"]],
  ["ext:deno_web/06_streams.js", ["ReadableStream", "WritableStream", "TransformStream"]],
  ["ext:deno_web/09_file.js", ["Blob", "File"]],
  ["ext:deno_web/00_url.js", ["URL", "URLSearchParams"]],
  ["ext:deno_fetch/20_headers.js", ["Headers"]],
  ["ext:deno_fetch/21_formdata.js", ["FormData"]],
  ["ext:deno_fetch/23_request.js", ["Request"]],
  ["ext:deno_fetch/23_response.js", ["Response"]],
];

const byName = new SafeMap() as Map<string, any>;
const names = new SafeMap() as Map<object, string>;
const transparent = new SafeSet() as Set<object>;
const harmless = new SafeSet() as Set<object>;
/** What makes code out of text, or changes objects that it is given. */
const POWERFUL = new SafeSet(["Object", "Function"]);

function add(name: string, value: unknown): void {
  const isObject = typeof value === "function" || (typeof value === "object" && value !== null);
  if (!isObject || names.has(value as object) || byName.has(name)) return;
  byName.set(name, value);
  names.set(value as object, name);
}

function addClass(name: string, constructor: any): void {
  if (typeof constructor !== "function") return;
  add(name, constructor);
  if (!POWERFUL.has(name)) harmless.add(constructor);
  add(`${name}.prototype`, ownValue(constructor, "prototype"));
}

function ownValue(object: object, key: PropertyKey): unknown {
  return ReflectGetOwnPropertyDescriptor(object, key)?.value;
}

/** The functions that stand on `object`, by its name. */
function addFunctions(name: string, object: object): void {
  const keys = ObjectGetOwnPropertyNames(object);
  for (let index = 0; index < keys.length; index++) {
    const value = ownValue(object, keys[index]);
    if (typeof value === "function") add(`${name}.${keys[index]}`, value);
  }
}

function addLanguage(): void {
  for (let index = 0; index < LANGUAGE.length; index++) addClass(LANGUAGE[index], (primordials as any)[LANGUAGE[index]]);
  for (let index = 0; index < NAMESPACES.length; index++) {
    add(NAMESPACES[index], ownValue(globalThis, NAMESPACES[index]));
  }
  addClass("Float16Array", ownValue(globalThis, "Float16Array"));
  add("globalThis", globalThis);
  add("eval", indirectEval);
  const samples: [string, object][] = [
    ["AsyncFunction", async () => {}],
    ["GeneratorFunction", function* () {}],
    ["AsyncGeneratorFunction", async function* () {}],
  ];
  transparent.add(ObjectPrototype).add(FunctionPrototype);
  for (let index = 0; index < samples.length; index++) {
    const name = samples[index][0];
    const prototype = ReflectGetPrototypeOf(samples[index][1]);
    add(name, ownValue(prototype, "constructor"));
    add(`${name}.prototype`, prototype);
    transparent.add(prototype);
    const instances = ownValue(prototype, "prototype");
    if (typeof instances === "object" && instances !== null) {
      add(`${name}.prototype.prototype`, instances);
      const iterator = ReflectGetPrototypeOf(instances);
      add(`${name} iterator`, iterator);
    }
  }
  addFunctions("Object.prototype", ObjectPrototype);
  addFunctions("Function.prototype", FunctionPrototype);
  addFunctions("Object", byName.get("Object"));
  addFunctions("Reflect", ownValue(globalThis, "Reflect") as object);
}

function addRuntime(): void {
  for (let index = 0; index < RUNTIME.length; index++) {
    const module = core.loadExtScript(RUNTIME[index][0]);
    const list = RUNTIME[index][1];
    for (let at = 0; at < list.length; at++) addClass(list[at], module[list[at]]);
  }
  addClass("Buffer", core.createLazyLoader("node:buffer")().Buffer);
  addClass("EventEmitter", core.createLazyLoader("node:events")().EventEmitter);
}

addLanguage();
addRuntime();

/** Makes `constructor`, which both sides have, known by name. */
export function addShared(name: string, constructor: Function): void {
  addClass(`prizm:${name}`, constructor);
}

const shared = ObjectGetOwnPropertyNames(errors);
for (let index = 0; index < shared.length; index++) {
  const value = (errors as any)[shared[index]];
  if (typeof value === "function" && ReflectGetPrototypeOf(value) !== FunctionPrototype) addShared(shared[index], value);
}

export function intrinsicName(value: unknown): string | undefined {
  return names.get(value as object);
}

export function intrinsic(name: unknown): any {
  return byName.get(name as string);
}

/** Whether a script that gets `value` from a guest can do no harm with it. */
export function isHarmless(value: unknown): boolean {
  return harmless.has(value as object);
}

/** Whether what this prototype offers works on a stand-in as it does on the object itself. */
export function isTransparent(prototype: object): boolean {
  return transparent.has(prototype);
}
