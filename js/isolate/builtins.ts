// Which objects of the runtime's classes cross as copies, and by what.

import { primordials } from "ext:core/mod.js";
import { decodeBlob, encodeBlob } from "ext:prizm/isolate/blobs.ts";
import type { Decoder } from "ext:prizm/isolate/decode.ts";
import type { Encoder } from "ext:prizm/isolate/encode.ts";
import { intrinsic } from "ext:prizm/isolate/intrinsics.ts";
import * as protocol from "ext:prizm/isolate/protocol.ts";
import * as streams from "ext:prizm/isolate/streams.ts";
import * as web from "ext:prizm/isolate/web.ts";

const { SafeMap } = primordials as any;

type Build = (encoder: Encoder, value: any) => object;
type Rebuild = (decoder: Decoder, list: any[]) => object;

/** By prototype. */
export const BUILDERS = new SafeMap() as Map<object | null, Build>;
/** By kind of special. */
export const REBUILDERS = new SafeMap() as Map<number, Rebuild>;

function add(name: string, kind: number, build: Build, rebuild: Rebuild): void {
  BUILDERS.set(intrinsic(`${name}.prototype`), build);
  REBUILDERS.set(kind, rebuild);
}

add("URL", protocol.URL_TEXT, web.encodeUrl, web.decodeUrl);
add("URLSearchParams", protocol.SEARCH, web.encodeSearch, web.decodeSearch);
add("Headers", protocol.HEADERS, web.encodeHeaders, web.decodeHeaders);
add("Request", protocol.REQUEST, web.encodeRequest, web.decodeRequest);
add("Response", protocol.RESPONSE, web.encodeResponse, web.decodeResponse);
add("FormData", protocol.FORM, web.encodeForm, web.decodeForm);
add("Blob", protocol.BLOB, encodeBlob, decodeBlob);
add("File", protocol.BLOB, encodeBlob, decodeBlob);
add("ReadableStream", protocol.READABLE, streams.encodeReadable, streams.decodeReadable);
add("WritableStream", protocol.WRITABLE, streams.encodeWritable, streams.decodeWritable);
add("TransformStream", protocol.TRANSFORM, streams.encodeTransform, streams.decodeTransform);
add("AbortSignal", protocol.SIGNAL, encodeSignal, decodeSignal);

function encodeSignal(encoder: Encoder, signal: object): object {
  const { id, isHome, isAborted, reason } = encoder.membrane.signals.give(signal);
  const { list, stand } = encoder.reserve(signal);
  list[0] = protocol.SIGNAL;
  list[1] = id;
  list[2] = isHome;
  list[3] = isAborted;
  list[4] = encoder.value(reason);
  return stand;
}

function decodeSignal(decoder: Decoder, list: unknown[]): object {
  const { signals } = decoder.membrane;
  if (list[2] === true) return signals.home(list[1]);
  return signals.take(list[1], list[3] === true, decoder.value(list[4]));
}
