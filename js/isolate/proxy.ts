// What stands for an object of the other side: a Proxy that asks it for everything.
//
// In: the flags of a reference. Out: a Proxy. Side effects: each use is a call across the link, but for methods of
// classes, which are remembered, and for calls of async functions, which do not wait.

import { primordials } from "ext:core/mod.js";
import { printable, wishesOf } from "ext:prizm/isolate/inspect.ts";
import { intrinsic, isTransparent } from "ext:prizm/isolate/intrinsics.ts";
import type { Membrane } from "ext:prizm/isolate/membrane.ts";
import * as protocol from "ext:prizm/isolate/protocol.ts";
import { type Imported, importedOf } from "ext:prizm/isolate/tables.ts";

const {
  ArrayIsArray,
  ArrayPrototypePush,
  FunctionPrototypeBind,
  ObjectDefineProperty,
  Proxy,
  ReflectDefineProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  SafeMap,
  SafeSet,
  SafeWeakMap,
  SymbolFor,
} = primordials as any;

const INSPECT = SymbolFor("nodejs.util.inspect.custom");

/** A stand-in that is to get a number. */
export interface Unbound {
  proxy: object;
  bind(record: Imported, membrane: Membrane): void;
}

/** What keeps an instance usable when its isolate was dropped. */
export interface Root {
  /** Set while there is no isolate: makes one, and binds the instance to it. */
  wake: (() => void) | undefined;
  /** Called with the arguments of each `configure`. */
  configured(list: unknown[]): void;
}

const handlers = new SafeWeakMap() as WeakMap<object, Handler>;

/** Makes `root` look after `proxy`; what binds `proxy` anew. */
export function adopt(proxy: object, root: Root): Unbound {
  const handler = handlers.get(proxy)!;
  handler.root = root;
  return { proxy, bind: (record, membrane) => handler.bind(record, membrane) };
}

/** Makes the stand-in; `bind` tells it its number. */
export function createProxy(membrane: Membrane, flags: number): Unbound {
  const handler = new Handler(membrane);
  const target = targetFor(flags);
  // Consoles look at the target, not at the proxy.
  const inspect = (depth: unknown, options: unknown, by: unknown) => handler.inspect(wishesOf(depth, options, by));
  ObjectDefineProperty(target, INSPECT, { __proto__: null, value: inspect, configurable: true });
  const proxy = new Proxy(target, handler);
  handler.proxy = proxy;
  handlers.set(proxy, handler);
  return { proxy, bind: (record, owner) => handler.bind(record, owner) };
}

/** An object without properties that cannot be deleted, of the same kind. */
function targetFor(flags: number): object {
  if (flags & protocol.CONSTRUCTOR) return FunctionPrototypeBind(function () {}, undefined);
  if (flags & protocol.CALLABLE) return () => {};
  return flags & protocol.IS_ARRAY ? [] : {};
}

class Handler {
  membrane: Membrane;
  record!: Imported;
  proxy!: object;
  root: Root | undefined;

  constructor(membrane: Membrane) {
    this.membrane = membrane;
  }

  bind(record: Imported, membrane: Membrane): void {
    this.record = record;
    this.membrane = membrane;
  }

  get(_: object, key: PropertyKey, receiver: unknown): unknown {
    this.root?.wake?.();
    const { record } = this;
    if (key === "then" && record.flags & protocol.THENLESS) return undefined;
    const known = record.methods?.get(key);
    if (known !== undefined) return known;
    const reply = this.#ask(protocol.GET, key);
    const value = reply[1];
    if (reply[2] === protocol.METHOD) this.#remember(key, value);
    if (reply[2] !== protocol.INTRINSIC_HAS_IT) return value;
    // A guest's text must not come to be code of its host's by a detour over `constructor`.
    return this.membrane.isHost && key === "constructor" ? undefined : inherited(value, key, receiver);
  }

  set(_: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (receiver !== this.proxy) {
      return ReflectDefineProperty(receiver, key, {
        __proto__: null,
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    this.record.methods?.delete(key);
    return this.#ask(protocol.SET, key, value)[1] === true;
  }

  has(_: object, key: PropertyKey): boolean {
    return this.#ask(protocol.HAS, key)[1] === true;
  }

  deleteProperty(_: object, key: PropertyKey): boolean {
    this.record.methods?.delete(key);
    return this.#ask(protocol.DELETE, key)[1] === true;
  }

  ownKeys(target: object): PropertyKey[] {
    const keys = protocol.listOf(this.#ask(protocol.KEYS)[1]);
    const found = new SafeSet();
    const list: PropertyKey[] = [];
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if ((typeof key !== "string" && typeof key !== "symbol") || found.has(key)) continue;
      found.add(key);
      ArrayPrototypePush(list, key);
    }
    if (ArrayIsArray(target) && !found.has("length")) ArrayPrototypePush(list, "length");
    return list;
  }

  getOwnPropertyDescriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
    const reply = this.#ask(protocol.DESCRIBE, key);
    if (typeof reply[1] !== "number") return undefined;
    // A proxy may not speak of fixed properties that its target does not have.
    const isFixed = ReflectGetOwnPropertyDescriptor(target, key)?.configurable === false;
    const enumerable = (reply[1] & 1) !== 0;
    const configurable = !isFixed;
    if (reply[1] & 4) return { __proto__: null, get: reply[2], set: reply[3], enumerable, configurable } as any;
    const writable = isFixed || (reply[1] & 2) !== 0;
    return { __proto__: null, value: reply[2], writable, enumerable, configurable } as any;
  }

  defineProperty(_: object, key: PropertyKey, descriptor: any): boolean {
    this.record.methods?.delete(key);
    const fields: unknown[] = [];
    const names = ReflectOwnKeys(descriptor);
    for (let index = 0; index < names.length; index++) ArrayPrototypePush(fields, names[index], descriptor[names[index]]);
    // What is fixed there cannot be fixed here.
    return descriptor.configurable === true && this.#ask(protocol.DEFINE, key, fields)[1] === true;
  }

  getPrototypeOf(): object | null {
    const reply = this.#ask(protocol.PROTOTYPE);
    const value = typeof reply[1] === "string" ? intrinsic(reply[1]) : reply[2];
    return (typeof value === "object" || typeof value === "function") ? value ?? null : null;
  }

  setPrototypeOf(): boolean {
    return false;
  }

  preventExtensions(): boolean {
    return false;
  }

  apply(_: object, self: any, list: unknown[]): unknown {
    const { record, membrane } = this;
    const isAsync = (record.flags & protocol.ASYNC) !== 0;
    const key = record.key;
    const of = key === undefined ? undefined : importedOf(self);
    if (of !== undefined && of.owner === membrane && of.methods?.get(key!) === this.proxy) {
      if (key === "configure") handlers.get(self)?.root?.configured(list);
      if (isAsync) return membrane.callLater(protocol.INVOKE_ASYNC, of.id, key, list);
      return membrane.request(protocol.INVOKE, of.id, key, list)[1];
    }
    if (isAsync) return membrane.callLater(protocol.CALL_ASYNC, record.id, self, list);
    return membrane.request(protocol.APPLY, record.id, self, list)[1];
  }

  construct(_: object, list: unknown[]): object {
    return this.membrane.request(protocol.CONSTRUCT, this.record.id, undefined, list)[1];
  }

  inspect(wishes: unknown[]): string {
    this.root?.wake?.();
    if (this.membrane.hasEnded) return "[object of a provider that has ended]";
    return printable(this.membrane.request(protocol.INSPECT, this.record.id, undefined, wishes)[1]);
  }

  /** Keeps a method of the object's class. Calls name it by its key, so that a change there is seen. */
  #remember(key: PropertyKey, method: unknown): void {
    const record = importedOf(method);
    if (record === undefined || typeof method !== "function" || record.owner !== this.membrane) return;
    if (record.key !== undefined && record.key !== key) return;
    record.key = key;
    (this.record.methods ??= new SafeMap() as Map<PropertyKey, unknown>).set(key, method);
  }

  #ask(operation: number, key?: unknown, value?: unknown): any[] {
    this.root?.wake?.();
    return this.membrane.request(operation, this.record.id, key, value);
  }
}

/** What this realm's own prototype of that name offers under `key`. */
function inherited(name: unknown, key: PropertyKey, receiver: unknown): unknown {
  const prototype = intrinsic(name);
  if (prototype === undefined || !isTransparent(prototype)) return undefined;
  return ReflectGet(prototype, key, receiver);
}
