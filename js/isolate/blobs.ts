// Blobs and Files across a link: what arrives is a real one that reads the original's bytes when they are wanted.

import { core, primordials } from "ext:core/mod.js";
import type { Decoder } from "ext:prizm/isolate/decode.ts";
import type { Encoder } from "ext:prizm/isolate/encode.ts";
import { intrinsic } from "ext:prizm/isolate/intrinsics.ts";
import { BLOB, ProtocolError } from "ext:prizm/isolate/protocol.ts";
import { transferChunk } from "ext:prizm/isolate/transfer.ts";

const {
  NumberIsSafeInteger,
  ObjectGetOwnPropertySymbols,
  ObjectPrototypeIsPrototypeOf,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  SymbolPrototypeGetDescription,
  TypeError,
  TypedArrayPrototypeGetLength,
  Uint8Array,
} = primordials as any;

const Blob = intrinsic("Blob");
const File = intrinsic("File");
const { arrayBuffer, slice } = Blob.prototype;
const getter = (prototype: object, key: string) => ReflectGetOwnPropertyDescriptor(prototype, key).get;
const sizeOf = getter(Blob.prototype, "size");
const typeOf = getter(Blob.prototype, "type");
const nameOf = getter(File.prototype, "name");
const modifiedOf = getter(File.prototype, "lastModified");

/** Where the runtime keeps what a Blob consists of. */
const SIZE = fieldOf("Size");
const PARTS = fieldOf("Parts");

function fieldOf(description: string): symbol {
  const symbols = ObjectGetOwnPropertySymbols(new Blob([]));
  for (let index = 0; index < symbols.length; index++) {
    if (SymbolPrototypeGetDescription(symbols[index]) === description) return symbols[index];
  }
  throw new TypeError(`The runtime's Blobs have no ${description}`);
}

export function encodeBlob(encoder: Encoder, blob: object): object {
  const isFile = ObjectPrototypeIsPrototypeOf(File.prototype, blob);
  const read = async (start: number, end: number) => {
    const part = ReflectApply(slice, blob, [start, end]);
    const bytes = new Uint8Array(await ReflectApply(arrayBuffer, part, []));
    transferChunk(bytes);
    return bytes;
  };
  return encoder.put(
    blob,
    BLOB,
    encoder.reference(read),
    ReflectApply(sizeOf, blob, []),
    ReflectApply(typeOf, blob, []),
    isFile ? ReflectApply(nameOf, blob, []) : undefined,
    isFile ? ReflectApply(modifiedOf, blob, []) : undefined,
  );
}

export function decodeBlob(decoder: Decoder, list: unknown[]): object {
  const read = decoder.value(list[1]);
  const size: any = list[2];
  const type = list[3];
  const name = list[4];
  const lastModified = list[5];
  const isSize = NumberIsSafeInteger(size) && size >= 0;
  if (typeof read !== "function" || !isSize || typeof type !== "string") throw new ProtocolError("a Blob is needed");
  const blob = typeof name === "string"
    ? new File([], name, { __proto__: null, type, lastModified: typeof lastModified === "number" ? lastModified : 0 })
    : new Blob([], { __proto__: null, type });
  blob[SIZE] = size;
  blob[PARTS] = [new Part(read, 0, size)];
  return blob;
}

type Read = (start: number, end: number) => Promise<unknown>;

/** A part of a Blob, as the runtime's own methods use it. */
class Part {
  readonly size: number;
  readonly #read: Read;
  readonly #start: number;

  constructor(read: Read, start: number, size: number) {
    this.#read = read;
    this.#start = start;
    this.size = size;
  }

  slice(start: number, end: number): Part {
    return new Part(this.#read, this.#start + start, end - start);
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    if (this.size === 0) return;
    const bytes = await this.#read(this.#start, this.#start + this.size);
    if (!core.isTypedArray(bytes) || TypedArrayPrototypeGetLength(bytes) !== this.size) {
      throw new TypeError("The Blob's bytes could not be read");
    }
    yield bytes as Uint8Array;
  }
}
