// `Prizm.transfer`: buffers that move with the next message in which they stand, and are empty here afterwards.

import { core, primordials } from "ext:core/mod.js";

const {
  ArrayBufferPrototypeGetByteLength,
  ArrayIsArray,
  DataViewPrototypeGetBuffer,
  ObjectPrototype,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  ReflectOwnKeys,
  SafeWeakSet,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypeError,
} = primordials as any;

const transferred = new SafeWeakSet() as WeakSet<object>;

/** Whether `buffer` is to move. */
export function isTransferred(buffer: object): boolean {
  return transferred.has(buffer);
}

/** It has moved, or cannot. */
export function forget(buffer: object): void {
  transferred.delete(buffer);
}

/**
 * Marks the buffers below `value`, or only `buffers`, to be moved to the isolate that `value` goes to next.
 *
 * @throws TypeError if one of `buffers` is no buffer or view
 */
export function transfer<T>(value: T, buffers?: unknown): T {
  if (buffers === undefined) {
    mark(value, 0);
    return value;
  }
  if (!ArrayIsArray(buffers)) throw new TypeError("Prizm.transfer(value, buffers): an array is needed");
  const list = buffers as unknown[];
  for (let index = 0; index < list.length; index++) {
    if (!markOne(list[index])) {
      throw new TypeError("Prizm.transfer(value, buffers): an ArrayBuffer or a view of one is needed in the list");
    }
  }
  return value;
}

/** Marks the buffer of a chunk that has it for itself. */
export function transferChunk(chunk: unknown): void {
  if (!core.isTypedArray(chunk)) return;
  const buffer = TypedArrayPrototypeGetBuffer(chunk);
  const isWhole = core.isArrayBuffer(buffer) &&
    ArrayBufferPrototypeGetByteLength(buffer) === TypedArrayPrototypeGetByteLength(chunk);
  if (isWhole) transferred.add(buffer);
}

function markOne(value: unknown): boolean {
  const buffer = core.isDataView(value)
    ? DataViewPrototypeGetBuffer(value)
    : core.isTypedArray(value)
    ? TypedArrayPrototypeGetBuffer(value)
    : value;
  if (!core.isArrayBuffer(buffer)) return false;
  transferred.add(buffer);
  return true;
}

const DEEPEST = 32;

/** Marks what stands in plain objects and arrays. */
function mark(value: any, depth: number): void {
  if (typeof value !== "object" || value === null || depth > DEEPEST || markOne(value) || core.isProxy(value)) return;
  const isList = ArrayIsArray(value);
  if (!isList && ReflectGetPrototypeOf(value) !== ObjectPrototype) return;
  const keys = isList ? value : ReflectOwnKeys(value);
  for (let index = 0; index < keys.length; index++) {
    mark(isList ? value[index] : ReflectGetOwnPropertyDescriptor(value, keys[index])?.value, depth + 1);
  }
}
