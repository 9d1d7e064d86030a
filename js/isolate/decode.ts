// Values on their way in: the specials take the places that boxed numbers keep for them.
//
// In: what V8 read from a message of the other side, which may be hostile: nothing in it is taken on trust. Out: values
// of this isolate. Throws ProtocolError for what no well-behaved side sends.

import { core, primordials } from "ext:core/mod.js";
import { REBUILDERS } from "ext:prizm/isolate/builtins.ts";
import { decodeError, fillError } from "ext:prizm/isolate/errors.ts";
import { intrinsic, isHarmless } from "ext:prizm/isolate/intrinsics.ts";
import type { Membrane } from "ext:prizm/isolate/membrane.ts";
import * as protocol from "ext:prizm/isolate/protocol.ts";
import { ProtocolError } from "ext:prizm/isolate/protocol.ts";
import { createProxy } from "ext:prizm/isolate/proxy.ts";

const {
  ArrayIsArray,
  ArrayPrototypePop,
  ArrayPrototypePush,
  MapPrototype,
  MapPrototypeClear,
  MapPrototypeForEach,
  MapPrototypeSet,
  NumberPrototype,
  NumberPrototypeValueOf,
  Object,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectHasOwn,
  ObjectPreventExtensions,
  ObjectPrototype,
  ObjectSeal,
  ObjectSetPrototypeOf,
  ReflectGetPrototypeOf,
  ReflectOwnKeys,
  SafeSet,
  SetPrototype,
  SetPrototypeAdd,
  SetPrototypeClear,
  SetPrototypeForEach,
  Symbol,
  SymbolFor,
  ArrayPrototype,
} = primordials as any;

function isStand(value: unknown): boolean {
  return typeof value === "object" && value !== null && ReflectGetPrototypeOf(value) === NumberPrototype;
}

/** Reads one message. */
export class Decoder {
  readonly membrane: Membrane;
  readonly #specials: unknown[];
  readonly #made: { value: any }[] = [];
  readonly #walked = new SafeSet();
  #depth = 0;

  constructor(membrane: Membrane, specials: unknown) {
    if (!ArrayIsArray(specials)) throw new ProtocolError("a list of specials is needed");
    this.membrane = membrane;
    this.#specials = specials as unknown[];
  }

  errorClass(name: string, base: Function): Function {
    return this.membrane.errorClasses.get(name, base);
  }

  /** What `encoded` stands for, with all below it in its place. */
  value(encoded: any): any {
    if (typeof encoded !== "object" || encoded === null) return encoded;
    if (isStand(encoded)) return this.#special(encoded);
    this.#walk(encoded);
    return encoded;
  }

  #walk(root: object): void {
    if (this.#walked.has(root)) return;
    this.#walked.add(root);
    const waiting: object[] = [root];
    const visit = (value: any): any => {
      if (typeof value !== "object" || value === null) return value;
      if (isStand(value)) return this.#special(value);
      if (!this.#walked.has(value)) {
        this.#walked.add(value);
        ArrayPrototypePush(waiting, value);
      }
      return value;
    };
    while (waiting.length > 0) fillIn(ArrayPrototypePop(waiting), visit);
  }

  #special(stand: object): any {
    const index = NumberPrototypeValueOf(stand);
    const known = this.#made[index];
    if (known !== undefined) return known.value;
    const list: any = ObjectHasOwn(this.#specials, index) ? this.#specials[index] : undefined;
    if (!ArrayIsArray(list)) throw new ProtocolError("there is no such special");
    if (++this.#depth > protocol.DEEPEST_SPECIAL) throw new ProtocolError("values too deep in one another");
    try {
      return this.#make(index, list);
    } finally {
      this.#depth--;
    }
  }

  #keep<T>(index: number, value: T): T {
    define(this.#made, index, { value });
    return value;
  }

  #make(index: number, list: any[]): any {
    switch (list[0]) {
      case protocol.HOME:
        return this.#keep(index, this.membrane.exports.get(list[1]));
      case protocol.REFERENCE:
        return this.#keep(index, this.#reference(list[1], list[2]));
      case protocol.INTRINSIC:
        return this.#keep(index, this.#intrinsic(list[1]));
      case protocol.SYMBOL:
        return this.#keep(index, symbolOf(list[1], list[2] === true));
      case protocol.OWN_SYMBOL:
        return this.#keep(index, this.#ownSymbol(list[1], list[2]));
      case protocol.ERROR: {
        const error = this.#keep(index, decodeError(this, list));
        fillError(this, error, list);
        return error;
      }
      case protocol.PROMISE:
        return this.#keep(index, this.membrane.promise(list[1]));
      case protocol.OBJECT:
      case protocol.ARRAY:
        return this.#plain(index, list);
      case protocol.VIEW:
        return this.#keep(index, viewOf(list[1], this.value(list[2]), list[3], list[4]));
      case protocol.MOVED:
        return this.#keep(index, this.membrane.takeBuffer(list[1]));
      case protocol.BOXED_NUMBER:
        return this.#keep(index, Object(typeof list[1] === "number" ? list[1] : NaN));
      case protocol.BOXED_SYMBOL:
        return this.#keep(index, Object(this.value(list[1])));
      default: {
        const rebuild = REBUILDERS.get(list[0]);
        if (rebuild === undefined) throw new ProtocolError("a special of no known kind");
        return this.#keep(index, rebuild(this, list));
      }
    }
  }

  #intrinsic(name: unknown): unknown {
    const value = intrinsic(name);
    if (this.membrane.isHost && !isHarmless(value)) throw new ProtocolError("an object that no guest has");
    return value;
  }

  #reference(id: unknown, flags: unknown): object {
    if (typeof id !== "number" || typeof flags !== "number") throw new ProtocolError("a reference without a number");
    const { imports } = this.membrane;
    const known = imports.take(id, protocol.REFERENCE);
    if (known !== undefined) return known;
    const { proxy, bind } = this.membrane.takeAdopted() ?? createProxy(this.membrane, flags);
    bind(imports.add(id, protocol.REFERENCE, flags, proxy), this.membrane);
    return proxy;
  }

  #ownSymbol(id: number, description: unknown): symbol {
    const { imports } = this.membrane;
    const known = imports.take(id, protocol.OWN_SYMBOL);
    if (known !== undefined) return known;
    const symbol = Symbol(typeof description === "string" ? description : undefined);
    imports.add(id, protocol.OWN_SYMBOL, 0, symbol);
    return symbol;
  }

  #plain(index: number, list: any[]): object {
    const object = list[2];
    const isArray = list[0] === protocol.ARRAY;
    if (typeof object !== "object" || object === null || isStand(object) || ArrayIsArray(object) !== isArray) {
      throw new ProtocolError("an object is needed");
    }
    this.#keep(index, object);
    this.#walk(object);
    const flags = list[1];
    const symbols = list[3] === undefined ? [] : protocol.listOf(list[3]);
    for (let at = 0; at + 1 < symbols.length; at += 2) {
      const symbol = this.value(symbols[at]);
      if (typeof symbol === "symbol") define(object, symbol, this.value(symbols[at + 1]));
    }
    if (flags & protocol.NULL_PROTOTYPE) ObjectSetPrototypeOf(object, null);
    if (flags & protocol.FROZEN) ObjectFreeze(object);
    if (flags & protocol.SEALED) ObjectSeal(object);
    if (flags & protocol.NOT_EXTENSIBLE) ObjectPreventExtensions(object);
    return object;
  }
}

/** Puts what `visit` gives for each element of `container` in its place. */
function fillIn(container: any, visit: (value: unknown) => unknown): void {
  const prototype = ReflectGetPrototypeOf(container);
  if (prototype === ObjectPrototype || prototype === ArrayPrototype) {
    const keys = ReflectOwnKeys(container);
    for (let index = 0; index < keys.length; index++) {
      const before = container[keys[index]];
      const after = visit(before);
      if (after !== before) define(container, keys[index], after);
    }
  } else if (prototype === MapPrototype && core.isMap(container)) {
    fillMap(container, visit);
  } else if (prototype === SetPrototype && core.isSet(container)) {
    const items: unknown[] = [];
    SetPrototypeForEach(container, (item: unknown) => ArrayPrototypePush(items, visit(item)));
    SetPrototypeClear(container);
    for (let index = 0; index < items.length; index++) SetPrototypeAdd(container, items[index]);
  }
}

function fillMap(map: Map<unknown, unknown>, visit: (value: unknown) => unknown): void {
  const items: unknown[] = [];
  MapPrototypeForEach(map, (value: unknown, key: unknown) => ArrayPrototypePush(items, visit(key), visit(value)));
  MapPrototypeClear(map);
  for (let index = 0; index < items.length; index += 2) MapPrototypeSet(map, items[index], items[index + 1]);
}

function symbolOf(name: unknown, isWellKnown: boolean): symbol {
  if (typeof name !== "string") throw new ProtocolError("a symbol without a name");
  const symbol = isWellKnown && ObjectHasOwn(Symbol, name) ? Symbol[name] : undefined;
  return typeof symbol === "symbol" ? symbol : SymbolFor(name);
}

const VIEW_CLASSES = new SafeSet([
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array", "DataView", "Float16Array",
]);

function viewOf(name: unknown, buffer: unknown, offset: unknown, length: unknown): object {
  if (!core.isArrayBuffer(buffer) || typeof offset !== "number" || typeof length !== "number") {
    throw new ProtocolError("a view of no buffer");
  }
  if (name === "Buffer") return bufferFrom(buffer, offset, length);
  const constructor = VIEW_CLASSES.has(name) ? (primordials as any)[name as string] ?? intrinsic(name) : undefined;
  if (constructor === undefined) throw new ProtocolError("a view of no known class");
  return new constructor(buffer, offset, length);
}

const Buffer = intrinsic("Buffer");
const bufferFrom = (...parts: unknown[]) => from(...parts);
const from = Buffer.from.bind(Buffer);

function define(object: object, key: PropertyKey, value: unknown): void {
  ObjectDefineProperty(object, key, { __proto__: null, value, enumerable: true, writable: true, configurable: true });
}
