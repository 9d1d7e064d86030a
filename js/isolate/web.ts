// Objects of the Web's classes on their way: rebuilt on the other side from what they consist of.

import { primordials } from "ext:core/mod.js";
import type { Decoder } from "ext:prizm/isolate/decode.ts";
import type { Encoder } from "ext:prizm/isolate/encode.ts";
import { intrinsic } from "ext:prizm/isolate/intrinsics.ts";
import {
  FORM,
  HEADERS,
  listOf,
  ProtocolError,
  REQUEST,
  RESPONSE,
  SEARCH,
  URL_TEXT,
} from "ext:prizm/isolate/protocol.ts";

const {
  ArrayPrototypePush,
  ObjectDefineProperty,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  SafeSet,
} = primordials as any;

/** `read("Response.prototype", "status")` gives what reads it off a response, whatever becomes of the prototype. */
function read(prototype: string, key: string): (object: object) => any {
  const { get } = ReflectGetOwnPropertyDescriptor(intrinsic(prototype), key);
  return (object) => ReflectApply(get, object, []);
}

const URL = intrinsic("URL");
const URLSearchParams = intrinsic("URLSearchParams");
const Headers = intrinsic("Headers");
const Request = intrinsic("Request");
const Response = intrinsic("Response");
const FormData = intrinsic("FormData");
const hrefOf = read("URL.prototype", "href");
const searchText = URLSearchParams.prototype.toString;
const eachHeader = Headers.prototype.forEach;
const appendHeader = Headers.prototype.append;
const eachField = FormData.prototype.forEach;
const appendField = FormData.prototype.append;

export const encodeUrl = (encoder: Encoder, url: object) => encoder.put(url, URL_TEXT, hrefOf(url));
export const decodeUrl = (_: Decoder, list: unknown[]) => new URL(textOf(list[1]));

export const encodeSearch = (encoder: Encoder, search: object) =>
  encoder.put(search, SEARCH, ReflectApply(searchText, search, []));
export const decodeSearch = (_: Decoder, list: unknown[]) => new URLSearchParams(textOf(list[1]));

function headerList(headers: object): string[] {
  const list: string[] = [];
  ReflectApply(eachHeader, headers, [(value: string, name: string) => ArrayPrototypePush(list, name, value)]);
  return list;
}

function toHeaders(content: unknown): object {
  const headers = new Headers();
  const list = listOf(content);
  for (let index = 0; index + 1 < list.length; index += 2) {
    ReflectApply(appendHeader, headers, [textOf(list[index]), textOf(list[index + 1])]);
  }
  return headers;
}

export const encodeHeaders = (encoder: Encoder, headers: object) => encoder.put(headers, HEADERS, headerList(headers));
export const decodeHeaders = (_: Decoder, list: unknown[]) => toHeaders(list[1]);

const requestBody = read("Request.prototype", "body");
const requestHeaders = read("Request.prototype", "headers");
const requestMethod = read("Request.prototype", "method");
const requestRedirect = read("Request.prototype", "redirect");
const requestSignal = read("Request.prototype", "signal");
const requestUrl = read("Request.prototype", "url");

export function encodeRequest(encoder: Encoder, request: object): object {
  const { list, stand } = encoder.reserve(request);
  ArrayPrototypePush(
    list,
    REQUEST,
    requestUrl(request),
    requestMethod(request),
    requestRedirect(request),
    headerList(requestHeaders(request)),
    encoder.value(requestBody(request)),
    encoder.value(requestSignal(request)),
  );
  return stand;
}

export function decodeRequest(decoder: Decoder, list: any[]): object {
  const body = decoder.value(list[5]);
  return new Request(textOf(list[1]), {
    __proto__: null,
    method: textOf(list[2]),
    redirect: textOf(list[3]),
    headers: toHeaders(list[4]),
    body,
    duplex: body === null ? undefined : "half",
    signal: decoder.value(list[6]),
  });
}

const responseBody = read("Response.prototype", "body");
const responseHeaders = read("Response.prototype", "headers");
const responseRedirected = read("Response.prototype", "redirected");
const responseStatus = read("Response.prototype", "status");
const responseStatusText = read("Response.prototype", "statusText");
const responseType = read("Response.prototype", "type");
const responseUrl = read("Response.prototype", "url");

export function encodeResponse(encoder: Encoder, response: object): object {
  const { list, stand } = encoder.reserve(response);
  ArrayPrototypePush(
    list,
    RESPONSE,
    responseStatus(response),
    responseStatusText(response),
    headerList(responseHeaders(response)),
    encoder.value(responseBody(response)),
    responseUrl(response),
    responseType(response),
    responseRedirected(response),
  );
  return stand;
}

const BODILESS = new SafeSet([101, 103, 204, 205, 304]);

export function decodeResponse(decoder: Decoder, list: any[]): object {
  const status = list[1];
  const body = decoder.value(list[4]);
  const init = { __proto__: null, status, statusText: textOf(list[2]), headers: toHeaders(list[3]) };
  const response = status === 0 ? Response.error() : new Response(BODILESS.has(status) ? null : body, init);
  extend(response, "url", textOf(list[5]));
  extend(response, "type", textOf(list[6]));
  extend(response, "redirected", list[7] === true);
  return response;
}

/** Gives `response` what its constructor cannot. */
function extend(response: object, key: string, value: unknown): void {
  ObjectDefineProperty(response, key, { __proto__: null, value, configurable: true });
}

export function encodeForm(encoder: Encoder, form: object): object {
  const fields: unknown[] = [];
  ReflectApply(eachField, form, [(value: unknown, name: string) => {
    ArrayPrototypePush(fields, name, encoder.value(value));
  }]);
  return encoder.put(form, FORM, fields);
}

export function decodeForm(decoder: Decoder, list: unknown[]): object {
  const form = new FormData();
  const fields = listOf(list[1]);
  for (let index = 0; index + 1 < fields.length; index += 2) {
    ReflectApply(appendField, form, [textOf(fields[index]), decoder.value(fields[index + 1])]);
  }
  return form;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new ProtocolError("a text is needed");
  return value;
}
