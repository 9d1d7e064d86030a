// Why a provider has ended, as the error that its users see.

import type { ProviderEndReason } from "prizm";
import { core, primordials } from "ext:core/mod.js";
import { ProviderEndedError } from "ext:prizm/errors.ts";
import { ProtocolError } from "ext:prizm/isolate/protocol.ts";

const { JSONParse, SafeSet, TypedArrayPrototypeSubarray } = primordials as any;

const REASONS = new SafeSet(["exit", "memory", "cpu", "wall", "error", "closed", "idle"]);

/**
 * What makes the error, from what told of the end: the last message of the link, what an op threw, or what was wrong
 * with a message.
 */
export function reportedEnd(name: string, source: unknown): () => Error {
  const { reason, message } = read(source);
  return () => new ProviderEndedError(name, reason, message);
}

function read(source: any): { reason: ProviderEndReason; message: string } {
  if (core.isTypedArray(source)) return fromMessage(source);
  const message = typeof source?.message === "string" ? source.message : "it sent a message that cannot be read";
  if (source instanceof ProtocolError || !REASONS.has(source?.reason)) {
    return { reason: "protocol", message: `it broke the protocol (${message})` };
  }
  return { reason: source.reason, message };
}

function fromMessage(source: Uint8Array): { reason: ProviderEndReason; message: string } {
  try {
    const { reason, message } = JSONParse(core.decode(TypedArrayPrototypeSubarray(source, 1)));
    return { reason, message };
  } catch {
    return { reason: "error", message: "it ended without a word" };
  }
}
