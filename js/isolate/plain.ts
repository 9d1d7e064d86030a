// What V8 copies by itself without a loss: plain data.

import { core, primordials } from "ext:core/mod.js";
import { importedOf } from "ext:prizm/isolate/tables.ts";
import { isTransferred } from "ext:prizm/isolate/transfer.ts";

const {
  ArrayBufferPrototype,
  ArrayBufferPrototypeGetByteLength,
  ArrayIsArray,
  ArrayPrototype,
  ArrayPrototypePop,
  ArrayPrototypePush,
  BigIntPrototype,
  BooleanPrototype,
  DatePrototype,
  MapPrototype,
  MapPrototypeForEach,
  ObjectHasOwn,
  ObjectPrototype,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  ReflectIsExtensible,
  ReflectOwnKeys,
  RegExpPrototype,
  SafeSet,
  SetPrototype,
  SetPrototypeForEach,
  StringPrototype,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
} = primordials as any;

/** What V8 copies, as it is, by prototype. */
export const COPIED = new SafeSet([DatePrototype, RegExpPrototype, BooleanPrototype, StringPrototype, BigIntPrototype]);
const VIEW_NAMES = [
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
];
const VIEWS = new SafeSet() as Set<object>;
for (let index = 0; index < VIEW_NAMES.length; index++) VIEWS.add((primordials as any)[`${VIEW_NAMES[index]}Prototype`]);

/** Whether V8 copies `root` and all below it without a loss. */
export function isPlain(root: object): boolean {
  let current = root;
  let seen: Set<object> | undefined;
  let waiting: object[] | undefined;
  const isLeaf = (value: unknown): boolean => {
    if (typeof value !== "object") return typeof value !== "function" && typeof value !== "symbol";
    if (value === null) return true;
    seen ??= new SafeSet([root]) as Set<object>;
    if (seen.has(value)) return true;
    seen.add(value);
    ArrayPrototypePush(waiting ??= [], value);
    return true;
  };
  for (;;) {
    if (importedOf(current) !== undefined || !isPlainHere(current, isLeaf)) return false;
    if (waiting === undefined || waiting.length === 0) return true;
    current = ArrayPrototypePop(waiting);
  }
}

function isPlainHere(value: any, isLeaf: (value: unknown) => boolean): boolean {
  const prototype = ReflectGetPrototypeOf(value);
  if (prototype === ObjectPrototype) {
    const keys = ReflectOwnKeys(value);
    for (let index = 0; index < keys.length; index++) {
      if (typeof keys[index] === "symbol") return false;
      const property = ReflectGetOwnPropertyDescriptor(value, keys[index]);
      if (property === undefined || !ObjectHasOwn(property, "value") || !isLeaf(property.value)) return false;
    }
    return ReflectIsExtensible(value) && isOrdinary(value);
  }
  if (prototype === ArrayPrototype) {
    if (!ArrayIsArray(value) || !ReflectIsExtensible(value)) return false;
    for (let index = 0; index < value.length; index++) if (!isLeaf(value[index])) return false;
    return !core.isProxy(value);
  }
  if (VIEWS.has(prototype)) return isWholeView(value);
  if (prototype === MapPrototype && core.isMap(value)) {
    let isPlain = true;
    MapPrototypeForEach(value, (item: unknown, key: unknown) => isPlain &&= isLeaf(item) && isLeaf(key));
    return isPlain;
  }
  if (prototype === SetPrototype && core.isSet(value)) {
    let isPlain = true;
    SetPrototypeForEach(value, (item: unknown) => isPlain &&= isLeaf(item));
    return isPlain;
  }
  if (prototype === ArrayBufferPrototype) return core.isArrayBuffer(value) && isInline(value);
  return COPIED.has(prototype) && !core.isProxy(value);
}

/** Whether an object with the prototype of plain ones is one: `arguments`, namespaces and such are not. */
export function isOrdinary(value: object): boolean {
  return !core.isProxy(value) && !core.isNativeError(value) && !core.isArgumentsObject(value);
}

/** V8 copies the whole buffer of a view, also what lies outside of it. */
function isWholeView(view: any): boolean {
  if (!core.isTypedArray(view)) return false;
  const buffer = TypedArrayPrototypeGetBuffer(view);
  return core.isArrayBuffer(buffer) && isInline(buffer) &&
    ArrayBufferPrototypeGetByteLength(buffer) === TypedArrayPrototypeGetByteLength(view);
}

/** Above this, a copy that moves is cheaper than one in the message. */
const LARGE = 1 << 16;

export function isInline(buffer: ArrayBuffer): boolean {
  return !isTransferred(buffer) && ArrayBufferPrototypeGetByteLength(buffer) < LARGE;
}

/** Whether no own property of a plain object is a function or an accessor. */
export function isData(object: object): boolean {
  const keys = ReflectOwnKeys(object);
  for (let index = 0; index < keys.length; index++) {
    const property = ReflectGetOwnPropertyDescriptor(object, keys[index]);
    if (property !== undefined && (!ObjectHasOwn(property, "value") || typeof property.value === "function")) return false;
  }
  return true;
}
