// Values on their way out: what V8 copies is left to it, all else becomes a special.
//
// In: any value of this isolate. Out: what may be handed to V8, and the list of specials.

import { core, primordials } from "ext:core/mod.js";
import { BUILDERS } from "ext:prizm/isolate/builtins.ts";
import { encodeError, isError } from "ext:prizm/isolate/errors.ts";
import { intrinsicName, isHarmless } from "ext:prizm/isolate/intrinsics.ts";
import type { Membrane } from "ext:prizm/isolate/membrane.ts";
import { COPIED, isData, isInline, isOrdinary, isPlain } from "ext:prizm/isolate/plain.ts";
import * as protocol from "ext:prizm/isolate/protocol.ts";
import { importedOf } from "ext:prizm/isolate/tables.ts";
import { flagsOf, levelOf, WELL_KNOWN } from "ext:prizm/isolate/traits.ts";
import { isTransferred } from "ext:prizm/isolate/transfer.ts";

const {
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeSlice,
  ArrayIsArray,
  ArrayPrototype,
  ArrayPrototypePush,
  DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  MapPrototype,
  MapPrototypeForEach,
  MapPrototypeSet,
  Number,
  NumberPrototype,
  NumberPrototypeValueOf,
  ObjectDefineProperty,
  ObjectHasOwn,
  ObjectPrototype,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  ReflectOwnKeys,
  SafeMap,
  SetPrototype,
  SetPrototypeAdd,
  SetPrototypeForEach,
  SymbolKeyFor,
  SymbolPrototype,
  SymbolPrototypeGetDescription,
  SymbolPrototypeValueOf,
  TypeError,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetSymbolToStringTag,
} = primordials as any;

const globalMap = (primordials as any).Map;
const globalSet = (primordials as any).Set;

/** Makes one message. */
export class Encoder {
  readonly membrane: Membrane;
  readonly specials: unknown[][] = [];
  #seen: Map<unknown, unknown> | undefined;

  constructor(membrane: Membrane) {
    this.membrane = membrane;
  }

  get isHost(): boolean {
    return this.membrane.isHost;
  }

  value(value: any): unknown {
    switch (typeof value) {
      case "object":
        if (value === null || isPlain(value)) return value;
        return this.#special(value);
      case "function":
      case "symbol":
        return this.#special(value);
      default:
        return value;
    }
  }

  /** A place among the specials, and what stands for it in the message. */
  reserve(value: unknown): { list: unknown[]; stand: object } {
    const list: unknown[] = [];
    ArrayPrototypePush(this.specials, list);
    const stand = new Number(this.specials.length - 1);
    (this.#seen ??= new SafeMap() as Map<unknown, unknown>).set(value, stand);
    return { list, stand };
  }

  #special(value: any): unknown {
    const known = this.#seen?.get(value);
    if (known !== undefined) return known;
    const imported = importedOf(value);
    if (imported !== undefined) return this.#imported(value, imported);
    const name = intrinsicName(value);
    if (name !== undefined && (this.isHost || isHarmless(value))) return this.put(value, protocol.INTRINSIC, name);
    if (typeof value === "symbol") return this.#symbol(value);
    if (typeof value === "function" || core.isProxy(value)) return this.reference(value);
    return this.#object(value);
  }

  put(value: unknown, ...parts: unknown[]): object {
    const { list, stand } = this.reserve(value);
    for (let index = 0; index < parts.length; index++) ArrayPrototypePush(list, parts[index]);
    return stand;
  }

  #imported(value: any, imported: { owner: object; id: number; kind: number }): unknown {
    if (imported.owner === this.membrane) return this.put(value, protocol.HOME, imported.id);
    if (imported.kind === protocol.OWN_SYMBOL) return this.#symbol(value);
    if (imported.kind === protocol.PROMISE) return this.#object(value);
    return this.reference(value);
  }

  #symbol(symbol: symbol): object {
    const wellKnown = WELL_KNOWN.get(symbol);
    if (wellKnown !== undefined) return this.put(symbol, protocol.SYMBOL, wellKnown, true);
    const key = SymbolKeyFor(symbol);
    if (key !== undefined) return this.put(symbol, protocol.SYMBOL, key, false);
    const description = SymbolPrototypeGetDescription(symbol);
    return this.put(symbol, protocol.OWN_SYMBOL, this.membrane.exports.give(symbol), description);
  }

  reference(value: any): object {
    return this.put(value, protocol.REFERENCE, this.membrane.exports.give(value), flagsOf(value));
  }

  #object(value: any): unknown {
    const prototype = ReflectGetPrototypeOf(value);
    if (prototype === ArrayPrototype && ArrayIsArray(value)) return this.#array(value);
    if ((prototype === ObjectPrototype || prototype === null) && isOrdinary(value)) {
      return isData(value) ? this.#data(value, prototype) : this.reference(value);
    }
    if (core.isNativeError(value) || isError(value)) {
      const { list, stand } = this.reserve(value);
      encodeError(this, value, list);
      return stand;
    }
    if (core.isPromise(value)) {
      const id = this.membrane.exports.give(value);
      this.membrane.watch(id, value);
      return this.put(value, protocol.PROMISE, id);
    }
    if (core.isArrayBufferView(value)) return this.#view(value, prototype);
    if (core.isArrayBuffer(value)) return this.#buffer(value);
    if (core.isSharedArrayBuffer(value)) throw new TypeError("A SharedArrayBuffer cannot go to another isolate");
    if (prototype === MapPrototype && core.isMap(value)) return this.#map(value);
    if (prototype === SetPrototype && core.isSet(value)) return this.#set(value);
    if (prototype === NumberPrototype && core.isNumberObject(value)) {
      return this.put(value, protocol.BOXED_NUMBER, NumberPrototypeValueOf(value));
    }
    if (prototype === SymbolPrototype && core.isSymbolObject(value)) {
      return this.put(value, protocol.BOXED_SYMBOL, this.value(SymbolPrototypeValueOf(value)));
    }
    if (COPIED.has(prototype)) return value;
    const builder = BUILDERS.get(prototype);
    return builder === undefined ? this.reference(value) : builder(this, value);
  }

  #array(array: unknown[]): unknown {
    const copy: unknown[] = [];
    const stand = this.#keep(array, copy, protocol.ARRAY, levelOf(array), copy);
    for (let index = 0; index < array.length; index++) {
      if (ObjectHasOwn(array, index)) define(copy, index, this.value(array[index]));
    }
    copy.length = array.length;
    return stand;
  }

  #data(object: any, prototype: object | null): unknown {
    const copy = {};
    const symbols: unknown[] = [];
    const keys = ReflectOwnKeys(object);
    let flags = levelOf(object) | (prototype === null ? protocol.NULL_PROTOTYPE : 0);
    let hasSymbols = false;
    for (let index = 0; index < keys.length; index++) hasSymbols ||= typeof keys[index] === "symbol";
    const stand = flags === 0 && !hasSymbols
      ? this.#keep(object, copy, 0, 0, copy)
      : this.put(object, protocol.OBJECT, flags, copy, symbols);
    for (let index = 0; index < keys.length; index++) {
      const property = ReflectGetOwnPropertyDescriptor(object, keys[index]);
      if (property === undefined || !property.enumerable) continue;
      const value = this.value(property.value);
      if (typeof keys[index] === "symbol") ArrayPrototypePush(symbols, this.value(keys[index]), value);
      else define(copy, keys[index], value);
    }
    return stand;
  }

  /** What stands for `value`: `copy` itself, or a special with the flags that it cannot show. */
  #keep(value: object, copy: object, kind: number, flags: number, payload: object): unknown {
    if (flags !== 0) return this.put(value, kind, flags, payload);
    (this.#seen ??= new SafeMap() as Map<unknown, unknown>).set(value, copy);
    return copy;
  }

  #map(map: Map<unknown, unknown>): Map<unknown, unknown> {
    const copy = new globalMap();
    this.#keep(map, copy, 0, 0, copy);
    MapPrototypeForEach(map, (value: unknown, key: unknown) => {
      MapPrototypeSet(copy, this.value(key), this.value(value));
    });
    return copy;
  }

  #set(set: Set<unknown>): Set<unknown> {
    const copy = new globalSet();
    this.#keep(set, copy, 0, 0, copy);
    SetPrototypeForEach(set, (value: unknown) => SetPrototypeAdd(copy, this.value(value)));
    return copy;
  }

  #buffer(buffer: ArrayBuffer): object {
    if (isInline(buffer)) return buffer;
    const bytes = isTransferred(buffer) ? buffer : ArrayBufferPrototypeSlice(buffer, 0);
    const number = this.membrane.give(bytes);
    return number === undefined ? buffer : this.put(buffer, protocol.MOVED, number);
  }

  /** A view of a part of a buffer, of one that moves, or of a class that V8 does not know. */
  #view(view: any, prototype: object): unknown {
    const isDataView = core.isDataView(view);
    const buffer = isDataView ? DataViewPrototypeGetBuffer(view) : TypedArrayPrototypeGetBuffer(view);
    const offset = isDataView ? DataViewPrototypeGetByteOffset(view) : TypedArrayPrototypeGetByteOffset(view);
    const bytes = isDataView ? DataViewPrototypeGetByteLength(view) : TypedArrayPrototypeGetByteLength(view);
    if (core.isSharedArrayBuffer(buffer)) throw new TypeError("A SharedArrayBuffer cannot go to another isolate");
    const tag = isDataView ? "DataView" : TypedArrayPrototypeGetSymbolToStringTag(view);
    const name = intrinsicName(prototype) === "Buffer.prototype" ? "Buffer" : tag;
    const length = isDataView ? bytes : TypedArrayPrototypeGetLength(view);
    const isWhole = bytes === ArrayBufferPrototypeGetByteLength(buffer);
    if (isWhole || isTransferred(buffer) || this.#seen?.get(buffer) !== undefined) {
      return this.put(view, protocol.VIEW, name, this.value(buffer), offset, length);
    }
    const part = this.#buffer(ArrayBufferPrototypeSlice(buffer, offset, offset + bytes));
    return this.put(view, protocol.VIEW, name, part, 0, length);
  }
}

function define(object: object, key: PropertyKey, value: unknown): void {
  ObjectDefineProperty(object, key, { __proto__: null, value, enumerable: true, writable: true, configurable: true });
}
