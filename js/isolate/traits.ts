// What is told of a value beside its content: names of symbols, flags of objects and references.

import { core, primordials } from "ext:core/mod.js";
import * as protocol from "ext:prizm/isolate/protocol.ts";
import { importedOf } from "ext:prizm/isolate/tables.ts";

const {
  ArrayIsArray,
  Object,
  ObjectIsFrozen,
  ObjectIsSealed,
  ReflectConstruct,
  ReflectGetOwnPropertyDescriptor,
  ReflectHas,
  ReflectIsExtensible,
  SafeMap,
  Symbol,
} = primordials as any;

export const WELL_KNOWN = new SafeMap() as Map<symbol, string>;
const SYMBOL_NAMES = [
  "asyncIterator", "hasInstance", "isConcatSpreadable", "iterator", "match", "matchAll", "replace", "search", "species",
  "split", "toPrimitive", "toStringTag", "unscopables", "dispose", "asyncDispose",
];
for (let index = 0; index < SYMBOL_NAMES.length; index++) {
  const symbol = ReflectGetOwnPropertyDescriptor(Symbol, SYMBOL_NAMES[index])?.value;
  if (typeof symbol === "symbol") WELL_KNOWN.set(symbol, SYMBOL_NAMES[index]);
}

/** Whether it is frozen, sealed, or closed to new properties. */
export function levelOf(value: object): number {
  if (ReflectIsExtensible(value)) return 0;
  return ObjectIsFrozen(value) ? protocol.FROZEN : ObjectIsSealed(value) ? protocol.SEALED : protocol.NOT_EXTENSIBLE;
}

/** What the other side has to know of an object that it gets a reference to. */
export function flagsOf(value: any): number {
  const imported = importedOf(value);
  if (imported !== undefined) return imported.flags & ~protocol.THENLESS;
  if (typeof value !== "function") {
    const isThenless = !core.isProxy(value) && !ReflectHas(value, "then");
    return (isThenless ? protocol.THENLESS : 0) | (ArrayIsArray(value) ? protocol.IS_ARRAY : 0);
  }
  const isAsync = core.isAsyncFunction(value) && !core.isGeneratorFunction(value);
  const constructs = isAsync ? false : isConstructor(value);
  return protocol.CALLABLE | (isAsync ? protocol.ASYNC : 0) | (constructs ? protocol.CONSTRUCTOR : 0) |
    (core.isProxy(value) || ReflectHas(value, "then") ? 0 : protocol.THENLESS);
}

function isConstructor(value: Function): boolean {
  try {
    // As `newTarget` it is only checked for being a constructor; `Object` is what runs.
    ReflectConstruct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}
