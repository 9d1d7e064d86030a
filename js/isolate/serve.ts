// What one side does for the other: the operations on its own objects.
//
// A guest serves its host in full. A host serves a guest within bounds: it may read, call, and set own fields that
// hold data; nothing leads it to constructors, prototypes or intrinsics of the host's realm.

import { core, primordials } from "ext:core/mod.js";
import { inspectValue } from "ext:prizm/isolate/inspect.ts";
import { intrinsicName, isTransparent } from "ext:prizm/isolate/intrinsics.ts";
import * as protocol from "ext:prizm/isolate/protocol.ts";
import { listOf, ProtocolError } from "ext:prizm/isolate/protocol.ts";

const {
  ArrayPrototypePush,
  ObjectHasOwn,
  ReflectApply,
  ReflectConstruct,
  ReflectDefineProperty,
  ReflectDeleteProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  ReflectHas,
  ReflectOwnKeys,
  ReflectSet,
  SafeSet,
  String,
  TypeError,
} = primordials as any;

/** What a guest does not get of its host's objects. */
const FORBIDDEN = new SafeSet([
  "constructor", "__proto__", "prototype", "caller", "callee", "arguments",
  "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
]);

type Reply = unknown[];

/** Does what `body`, a list of operation, object and operands, asks for. Throws what the object throws. */
export function serve(isHost: boolean, operation: unknown, object: any, key: any, value: any): Reply {
  switch (operation) {
    case protocol.GET:
      return isHost && FORBIDDEN.has(keyOf(key)) ? nearest(object) : get(object, keyOf(key));
    case protocol.SET:
      return [protocol.RETURNED, (!isHost || isOpen(object, keyOf(key))) && ReflectSet(object, keyOf(key), value)];
    case protocol.HAS:
      return [protocol.RETURNED, ReflectHas(object, keyOf(key))];
    case protocol.DELETE:
      return [protocol.RETURNED, !isHost && ReflectDeleteProperty(object, keyOf(key))];
    case protocol.KEYS:
      return [protocol.RETURNED, keysOf(object, isHost)];
    case protocol.DESCRIBE:
      return isHost && FORBIDDEN.has(keyOf(key)) ? [protocol.RETURNED] : describe(object, keyOf(key), isHost);
    case protocol.DEFINE:
      return [protocol.RETURNED, !isHost && define(object, keyOf(key), value)];
    case protocol.PROTOTYPE:
      return isHost ? nearestPrototype(object) : prototypeOf(object);
    case protocol.APPLY:
      return [protocol.RETURNED, ReflectApply(functionOf(object), key, listOf(value))];
    case protocol.CONSTRUCT:
      return [protocol.RETURNED, ReflectConstruct(functionOf(object), listOf(value))];
    case protocol.INVOKE:
      return [protocol.RETURNED, ReflectApply(methodOf(object, keyOf(key), isHost), object, listOf(value))];
    case protocol.INSPECT:
      return [protocol.RETURNED, inspectValue(object, value)];
    default:
      throw new ProtocolError("an operation of no known kind");
  }
}

/** The method that `object.key(...)` calls now. */
export function methodOf(object: any, key: PropertyKey, isHost: boolean): Function {
  const method = isHost && FORBIDDEN.has(keyOf(key)) ? undefined : ReflectGet(object, keyOf(key));
  if (typeof method !== "function") throw new TypeError(`${String(key)} is not a function`);
  // A method that the prototypes of the language have is found by the other side in its own.
  if (isHost && intrinsicName(method) !== undefined) throw new TypeError(`${String(key)} cannot be called from here`);
  return method;
}

export function functionOf(value: unknown): Function {
  if (typeof value !== "function") throw new ProtocolError("a function is needed");
  return value;
}

function keyOf(key: unknown): PropertyKey {
  if (typeof key !== "string" && typeof key !== "symbol") throw new ProtocolError("a key is needed");
  return key;
}

function get(object: any, key: PropertyKey): Reply {
  for (let holder = object; holder !== null; holder = ReflectGetPrototypeOf(holder)) {
    if (core.isProxy(holder)) return [protocol.RETURNED, ReflectGet(object, key), protocol.VALUE];
    const property = ReflectGetOwnPropertyDescriptor(holder, key);
    if (property === undefined) continue;
    if (holder !== object && key !== "constructor" && isTransparent(holder)) {
      return [protocol.RETURNED, intrinsicName(holder), protocol.INTRINSIC_HAS_IT];
    }
    const isData = ObjectHasOwn(property, "value");
    const value = isData ? property.value : property.get === undefined ? undefined : ReflectApply(property.get, object, []);
    const isMethod = isData && holder !== object && typeof value === "function" && key !== "constructor";
    return [protocol.RETURNED, value, isMethod ? protocol.METHOD : protocol.VALUE];
  }
  return [protocol.RETURNED, undefined, protocol.VALUE];
}

/** Sends the other side to its own prototype of the same kind. */
function nearest(object: unknown): Reply {
  const name = typeof object === "function" ? "Function.prototype" : "Object.prototype";
  return [protocol.RETURNED, name, protocol.INTRINSIC_HAS_IT];
}

/** Whether a guest may set this field: an own one that holds data. */
function isOpen(object: object, key: PropertyKey): boolean {
  if (FORBIDDEN.has(key) || core.isProxy(object)) return false;
  const property = ReflectGetOwnPropertyDescriptor(object, key);
  return property !== undefined && ObjectHasOwn(property, "value") && property.writable === true;
}

function keysOf(object: object, isHost: boolean): PropertyKey[] {
  const keys = ReflectOwnKeys(object);
  if (!isHost) return keys;
  const open: PropertyKey[] = [];
  for (let index = 0; index < keys.length; index++) {
    if (!FORBIDDEN.has(keys[index])) ArrayPrototypePush(open, keys[index]);
  }
  return open;
}

function describe(object: any, key: PropertyKey, isHost: boolean): Reply {
  const property = ReflectGetOwnPropertyDescriptor(object, key);
  if (property === undefined) return [protocol.RETURNED];
  const flags = (property.enumerable ? 1 : 0) | (property.writable === true ? 2 : 0);
  if (ObjectHasOwn(property, "value")) return [protocol.RETURNED, flags, property.value];
  if (isHost) return [protocol.RETURNED, flags, ReflectGet(object, key)];
  return [protocol.RETURNED, flags | 4, property.get, property.set];
}

const ATTRIBUTES = new SafeSet(["value", "get", "set", "writable", "enumerable", "configurable"]);

function define(object: object, key: PropertyKey, fields: unknown): boolean {
  const list = listOf(fields);
  const descriptor: any = { __proto__: null };
  for (let index = 0; index + 1 < list.length; index += 2) {
    if (ATTRIBUTES.has(list[index])) descriptor[list[index] as string] = list[index + 1];
  }
  return ReflectDefineProperty(object, key, descriptor);
}

function prototypeOf(object: object): Reply {
  const prototype = ReflectGetPrototypeOf(object);
  const name = intrinsicName(prototype);
  return name === undefined ? [protocol.RETURNED, undefined, prototype] : [protocol.RETURNED, name];
}

function nearestPrototype(object: object): Reply {
  let at = core.isProxy(object) ? null : ReflectGetPrototypeOf(object);
  while (at !== null && intrinsicName(at) === undefined) at = core.isProxy(at) ? null : ReflectGetPrototypeOf(at);
  return [protocol.RETURNED, intrinsicName(at) ?? "Object.prototype"];
}
