// The words of the protocol between the two ends of a link.
//
// A message is: one byte for its kind, one for its flags, then V8's own format of a list `[operation, ...]`. Values
// in it that V8 cannot copy stand in a second list, the specials; a boxed number in the first is an index into it.

import { primordials } from "ext:core/mod.js";

const { ArrayIsArray } = primordials;

/** Kinds: the first byte. Rust knows them too. */
export const POST = 0;
export const CALL = 1;
export const REPLY = 2;
export const END = 3;

/** Flag: the message is `[body, specials]`. */
export const HAS_SPECIALS = 1;

/** Operations that wait for a reply. The first operand is the number of the object. */
export const GET = 0;
export const SET = 1;
export const HAS = 2;
export const DELETE = 3;
export const KEYS = 4;
export const DESCRIBE = 5;
export const DEFINE = 6;
export const PROTOTYPE = 7;
export const APPLY = 8;
export const CONSTRUCT = 9;
export const INVOKE = 10;
export const INSPECT = 11;
/** Loads the instance; a guest replies when that is done. */
export const LOAD = 12;

/** Operations that do not. */
export const CALL_ASYNC = 20;
export const INVOKE_ASYNC = 21;
export const SETTLE = 22;
export const RESOLVE = 23;
export const ABORT = 24;
export const RELEASE = 25;

/** First element of a reply. */
export const RETURNED = 0;
export const THREW = 1;

/** What a reply to GET says beside the value. */
export const VALUE = 0;
/** The value is a method of the object's class, and may be remembered. */
export const METHOD = 1;
/** The receiver's own intrinsic of this name has it. */
export const INTRINSIC_HAS_IT = 2;

/** Kinds of specials. */
export const HOME = 0;
export const REFERENCE = 1;
export const INTRINSIC = 2;
export const SYMBOL = 3;
export const OWN_SYMBOL = 4;
export const ERROR = 5;
export const PROMISE = 6;
export const OBJECT = 7;
export const ARRAY = 8;
export const VIEW = 9;
export const MOVED = 10;
export const BOXED_NUMBER = 11;
export const BOXED_SYMBOL = 12;
export const URL_TEXT = 13;
export const SEARCH = 14;
export const HEADERS = 15;
export const REQUEST = 16;
export const RESPONSE = 17;
export const FORM = 18;
export const BLOB = 19;
export const READABLE = 20;
export const WRITABLE = 21;
export const TRANSFORM = 22;
export const SIGNAL = 23;

/** Flags of a reference. */
export const CALLABLE = 1;
export const CONSTRUCTOR = 2;
/** Calls give promises, so that the caller need not wait. */
export const ASYNC = 4;
export const IS_ARRAY = 8;
/** It has no `then`. */
export const THENLESS = 16;

/** Flags of an object or array. */
export const NULL_PROTOTYPE = 1;
export const NOT_EXTENSIBLE = 2;
export const SEALED = 4;
export const FROZEN = 8;

/** The object that each guest has from the start: what loads its repository. */
export const LOADER = 0;

/** Calls within calls across one link. */
export const DEEPEST_CALL = 128;
/** Specials within specials: causes of causes, objects in objects. */
export const DEEPEST_SPECIAL = 500;
/** References that one side may hold of the other. */
export const MOST_REFERENCES = 1 << 20;

/** Items of one list. A list with holes may claim any length, whatever the size of its message. */
export const MOST_ITEMS = 1 << 22;

/** @throws ProtocolError for what is no list that can be gone through */
export function listOf(value: unknown): any[] {
  if (!ArrayIsArray(value) || (value as unknown[]).length > MOST_ITEMS) throw new ProtocolError("a list is needed");
  return value as unknown[];
}

/** What joins the two ends. */
export interface Wire {
  post(message: Uint8Array): void;
  /** Posts, and waits for the next call or reply. */
  call(message: Uint8Array): Uint8Array;
  /** Moves a buffer to the other side, which takes it by the number; throws for one that cannot be moved. */
  give(buffer: ArrayBuffer): number;
  take(number: number): ArrayBuffer;
  /** Whether answers are awaited, so that the program must not end. */
  ref(isPending: boolean): void;
  close(): void;
}

/** A message that no well-behaved side sends. */
export class ProtocolError extends Error {}
