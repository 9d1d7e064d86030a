// Streams across a link: what arrives is a real stream that asks the original for each chunk, or gives it each.
//
// The original is locked, as it is when a stream is transferred. A chunk crosses when it is wanted, so that
// backpressure reaches the source. Chunks of byte streams move.

import { primordials } from "ext:core/mod.js";
import type { Decoder } from "ext:prizm/isolate/decode.ts";
import type { Encoder } from "ext:prizm/isolate/encode.ts";
import { intrinsic } from "ext:prizm/isolate/intrinsics.ts";
import { ProtocolError, READABLE, TRANSFORM, WRITABLE } from "ext:prizm/isolate/protocol.ts";
import { transferChunk } from "ext:prizm/isolate/transfer.ts";

const { ObjectDefineProperty, ReflectApply, ReflectGetOwnPropertyDescriptor, TypeError } = primordials as any;

const ReadableStream = intrinsic("ReadableStream");
const WritableStream = intrinsic("WritableStream");
const TransformStream = intrinsic("TransformStream");
const getReader = ReadableStream.prototype.getReader;
const getWriter = WritableStream.prototype.getWriter;
const getter = (prototype: object, key: string) => ReflectGetOwnPropertyDescriptor(prototype, key).get;
const isReadableLocked = getter(ReadableStream.prototype, "locked");
const isWritableLocked = getter(WritableStream.prototype, "locked");
const readableOf = getter(TransformStream.prototype, "readable");
const writableOf = getter(TransformStream.prototype, "writable");

const methods = (object: object) => Object.getPrototypeOf(object);
const reading = methods(new ReadableStream().getReader());
const { read, cancel } = reading;
const writing = methods(new WritableStream().getWriter());
const { write, close, abort } = writing;
const releaseByobLock = methods(new ReadableStream({ type: "bytes" }).getReader({ mode: "byob" })).releaseLock;
const readyOf = getter(writing, "ready");
const { enqueue, close: closeReadable } = methods(controllerOf({}));
const { enqueue: enqueueBytes, close: closeBytes } = methods(controllerOf({ type: "bytes" }));

function controllerOf(source: object): object {
  let controller: object | undefined;
  new ReadableStream({ ...source, start: (given: object) => void (controller = given) });
  return controller!;
}

function assertUnlocked(isLocked: Function, stream: object): void {
  if (ReflectApply(isLocked, stream, [])) throw new TypeError("A stream that is locked cannot go to another isolate");
}

function isByteStream(stream: object): boolean {
  try {
    const reader = ReflectApply(getReader, stream, [{ __proto__: null, mode: "byob" }]);
    ReflectApply(releaseByobLock, reader, []);
    return true;
  } catch {
    return false;
  }
}

export function encodeReadable(encoder: Encoder, stream: object): object {
  assertUnlocked(isReadableLocked, stream);
  const isBytes = isByteStream(stream);
  const reader = ReflectApply(getReader, stream, []);
  const pull = async () => {
    const { done, value } = await ReflectApply(read, reader, []);
    if (isBytes && !done) transferChunk(value);
    return [done, value];
  };
  const stop = async (reason: unknown) => void await ReflectApply(cancel, reader, [reason]);
  return encoder.put(stream, READABLE, isBytes, encoder.reference(pull), encoder.reference(stop));
}

export function decodeReadable(decoder: Decoder, list: unknown[]): object {
  const isBytes = list[1] === true;
  const pull = functionOf(decoder, list[2]);
  const cancel = functionOf(decoder, list[3]);
  const source = {
    __proto__: null,
    type: isBytes ? "bytes" : undefined,
    async pull(controller: any) {
      const result = await pull();
      if (result?.[0] !== true) return ReflectApply(isBytes ? enqueueBytes : enqueue, controller, [result?.[1]]);
      ReflectApply(isBytes ? closeBytes : closeReadable, controller, []);
      controller.byobRequest?.respond(0);
    },
    cancel,
  };
  return new ReadableStream(source, { __proto__: null, highWaterMark: 0 });
}

export function encodeWritable(encoder: Encoder, stream: object): object {
  assertUnlocked(isWritableLocked, stream);
  const writer = ReflectApply(getWriter, stream, []);
  const put = async (chunk: unknown) => {
    await ReflectApply(readyOf, writer, []);
    await ReflectApply(write, writer, [chunk]);
  };
  const finish = async () => void await ReflectApply(close, writer, []);
  const stop = async (reason: unknown) => void await ReflectApply(abort, writer, [reason]);
  const references = [encoder.reference(put), encoder.reference(finish), encoder.reference(stop)];
  return encoder.put(stream, WRITABLE, references[0], references[1], references[2]);
}

export function decodeWritable(decoder: Decoder, list: unknown[]): object {
  const put = functionOf(decoder, list[1]);
  const finish = functionOf(decoder, list[2]);
  return new WritableStream({
    __proto__: null,
    write: (chunk: unknown) => put(chunk),
    close: () => finish(),
    abort: functionOf(decoder, list[3]),
  });
}

export function encodeTransform(encoder: Encoder, stream: object): object {
  const readable = ReflectApply(readableOf, stream, []);
  const writable = ReflectApply(writableOf, stream, []);
  return encoder.put(stream, TRANSFORM, encoder.value(readable), encoder.value(writable));
}

/** A TransformStream whose two ends are those of the other side. */
export function decodeTransform(decoder: Decoder, list: unknown[]): object {
  const stream = new TransformStream();
  const ends = { readable: decoder.value(list[1]), writable: decoder.value(list[2]) };
  ObjectDefineProperty(stream, "readable", { __proto__: null, value: ends.readable });
  ObjectDefineProperty(stream, "writable", { __proto__: null, value: ends.writable });
  return stream;
}

function functionOf(decoder: Decoder, encoded: unknown): (...args: unknown[]) => any {
  const value = decoder.value(encoded);
  if (typeof value !== "function") throw new ProtocolError("a function is needed");
  return value as () => unknown;
}
