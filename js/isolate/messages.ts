// One message: from a list of values to bytes, and back.

import { core, primordials } from "ext:core/mod.js";
import { Decoder } from "ext:prizm/isolate/decode.ts";
import { Encoder } from "ext:prizm/isolate/encode.ts";
import type { Membrane } from "ext:prizm/isolate/membrane.ts";
import { HAS_SPECIALS, listOf } from "ext:prizm/isolate/protocol.ts";

const {
  ArrayPrototypePush,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSubarray,
  Uint8Array,
} = primordials as any;

/** Throws for values that cannot cross. */
export function pack(membrane: Membrane, kind: number, body: unknown[]): Uint8Array {
  const encoder = new Encoder(membrane);
  const encoded: unknown[] = [];
  for (let index = 0; index < body.length; index++) ArrayPrototypePush(encoded, encoder.value(body[index]));
  const hasSpecials = encoder.specials.length > 0;
  const content = core.serialize(hasSpecials ? [encoded, encoder.specials] : encoded);
  const message = new Uint8Array(TypedArrayPrototypeGetLength(content) + 2);
  message[0] = kind;
  message[1] = hasSpecials ? HAS_SPECIALS : 0;
  TypedArrayPrototypeSet(message, content, 2);
  return message;
}

/** Throws for what is no message. */
export function read(membrane: Membrane, message: Uint8Array): any[] {
  let body = core.deserialize(TypedArrayPrototypeSubarray(message, 2));
  if (message[1] & HAS_SPECIALS) {
    const decoder = new Decoder(membrane, listOf(body)[1]);
    body = decoder.value(body[0]);
  }
  return listOf(body);
}
