// Errors on their way: the class by name, message, stack, cause, `errors`, and all other fields.
//
// What arrives is a real error of the same built-in or `prizm` class; of a class that only the other side has, it is
// an instance of a class of that name, made here. A host's errors tell a guest nothing of the files of the host.

import { core, primordials } from "ext:core/mod.js";
import type { Decoder } from "ext:prizm/isolate/decode.ts";
import type { Encoder } from "ext:prizm/isolate/encode.ts";
import { intrinsic, intrinsicName } from "ext:prizm/isolate/intrinsics.ts";
import { importedOf } from "ext:prizm/isolate/tables.ts";
import { ERROR, listOf } from "ext:prizm/isolate/protocol.ts";
import { explainDenied } from "ext:prizm/ops.ts";

const {
  ArrayPrototypePush,
  Error,
  ErrorCaptureStackTrace,
  ErrorPrototype,
  ObjectDefineProperty,
  ObjectPrototypeIsPrototypeOf,
  ReflectConstruct,
  ReflectDefineProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  ReflectOwnKeys,
  RegExpPrototypeSymbolReplace,
  SafeMap,
  SafeRegExp,
  StringPrototypeSlice,
  StringPrototypeIndexOf,
} = primordials as any;

const LONGEST_NAME = 100;
const OWN_FRAME = new SafeRegExp("\\n +at [^\\n]*\\bext:(?:prizm|core)/[^\\n]*", "g");

/** An error, as the list that stands for it. `list` is empty and to be filled. */
export function encodeError(encoder: Encoder, error: any, list: unknown[]): void {
  if (!encoder.isHost) explain(error);
  const stack = textOf(error, "stack");
  const fields: unknown[] = [];
  const keys = ReflectOwnKeys(error);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index];
    if (key === "stack" || key === "message") continue;
    const isEnumerable = ReflectGetOwnPropertyDescriptor(error, key)?.enumerable === true;
    try {
      ArrayPrototypePush(fields, encoder.value(key), encoder.value(error[key]), isEnumerable);
    } catch {
      // A field that cannot be read or cannot cross.
    }
  }
  ArrayPrototypePush(
    list,
    ERROR,
    classOf(error),
    baseOf(error),
    textOf(error, "message") ?? "",
    encoder.isHost ? headOf(stack) : stack === undefined ? undefined : trimFrames(stack),
    textOf(error, "name"),
    fields,
  );
}

/** A place in the program; reading its stack is what costs. */
export interface Caller {
  stack?: string;
}

export function captureCaller(): Caller {
  const caller: Caller = {};
  ErrorCaptureStackTrace(caller, captureCaller);
  return caller;
}

/** Adds the frames of the caller here to an error of the other side. */
export function calledBy(caller: Caller | undefined, thrown: any): unknown {
  if (caller === undefined || !core.isNativeError(thrown) || importedOf(thrown) !== undefined) return thrown;
  const own = ReflectGetOwnPropertyDescriptor(thrown, "stack")?.value;
  const { stack } = caller;
  if (typeof own !== "string" || typeof stack !== "string") return thrown;
  const start = StringPrototypeIndexOf(stack, FRAME);
  if (start !== -1) hide(thrown, "stack", own + trimFrames(StringPrototypeSlice(stack, start)));
  return thrown;
}

const FRAME = "\n    at ";

function explain(error: any): void {
  try {
    explainDenied(error);
  } catch {
    // A message that cannot be read, or not be changed.
  }
}

/** The stack without the frames of the membrane itself. */
function trimFrames(stack: string): string {
  return RegExpPrototypeSymbolReplace(OWN_FRAME, stack, "");
}

function headOf(stack: string | undefined): string | undefined {
  if (stack === undefined) return undefined;
  const end = StringPrototypeIndexOf(stack, FRAME);
  return end === -1 ? stack : StringPrototypeSlice(stack, 0, end);
}

function textOf(error: any, key: string): string | undefined {
  try {
    const text = error[key];
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

function classOf(error: any): string {
  try {
    const name = error.constructor?.name;
    return typeof name === "string" ? StringPrototypeSlice(name, 0, LONGEST_NAME) : "Error";
  } catch {
    return "Error";
  }
}

/** The nearest class on the way up that the other side has too. */
function baseOf(error: object): string {
  for (let at = ReflectGetPrototypeOf(error); at !== null; at = ReflectGetPrototypeOf(at)) {
    const name = intrinsicName(at);
    if (name !== undefined) return StringPrototypeSlice(name, 0, -".prototype".length);
  }
  return "Error";
}

export function isError(value: object): boolean {
  return core.isNativeError(value) || ObjectPrototypeIsPrototypeOf(ErrorPrototype, value);
}

/** The error that `list` stands for, without its fields, which `fillError` adds: they may lead back to it. */
export function decodeError(decoder: Decoder, list: any[]): object {
  const base = intrinsic(list[2]);
  const isBase = typeof base === "function" &&
    (base === Error || ObjectPrototypeIsPrototypeOf(ErrorPrototype, base.prototype));
  const constructor = decoder.errorClass(typeof list[1] === "string" ? list[1] : "Error", isBase ? base : Error);
  const message = text(list[3]) ?? "";
  const stack = text(list[4]);
  const error = create(constructor, isBase ? base : Error, message, text(list[5]));
  hide(error, "message", message);
  if (stack !== undefined) hide(error, "stack", stack);
  return error;
}

export function fillError(decoder: Decoder, error: object, list: any[]): void {
  const name = text(list[5]);
  const fields = listOf(list[6]);
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const key = decoder.value(fields[index]);
    if (typeof key !== "string" && typeof key !== "symbol") continue;
    define(error, key, decoder.value(fields[index + 1]), fields[index + 2] === true);
  }
  if (name !== undefined && ReflectGet(error, "name") !== name) hide(error, "name", name);
}

function create(constructor: Function, base: Function, message: string, name: string | undefined): object {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    if (base === intrinsic("DOMException")) return new (base as any)(message, name ?? "Error");
    // Classes of `prizm` have parameters of their own; all that they would set comes as fields.
    return ReflectConstruct(nativeBase(base), [base === intrinsic("AggregateError") ? [] : message], constructor);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

const NATIVE = ["AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"];

/** The class of the language that `base` comes from. */
function nativeBase(base: any): Function {
  for (let index = 0; index < NATIVE.length; index++) {
    const native = intrinsic(NATIVE[index]);
    if (base === native) return native;
  }
  return Error;
}

/** Classes of the other side's errors, made here as they are met. */
export class ErrorClasses {
  readonly #classes = new SafeMap();

  get(name: string, base: any): Function {
    const own = intrinsicName(base) ?? "";
    if (own === name || own === `prizm:${name}` || this.#classes.size > 1000) return base;
    const key = `${own} ${name}`;
    let made = this.#classes.get(key);
    if (made === undefined) {
      made = class extends base {};
      ObjectDefineProperty(made, "name", { __proto__: null, value: name, configurable: true });
      this.#classes.set(key, made);
    }
    return made;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function hide(object: object, key: PropertyKey, value: unknown): void {
  define(object, key, value, false);
}

function define(object: object, key: PropertyKey, value: unknown, enumerable: boolean): void {
  // Some classes have fields that are there already, and fixed.
  ReflectDefineProperty(object, key, { __proto__: null, value, enumerable, writable: true, configurable: true });
}
