// The errors that scripts see from the registries, and what can be read out of errors of others.
//
// Every error has a `cause` where something lies underneath, and `hints`: what the reader could do. `hints` and
// `identifier` are not enumerable, so that printing an error shows its message, stack and cause only.

import type { ErrorDetails, ProviderEndReason } from "prizm";
import { setHints, trimStack } from "ext:prizm/ops.ts";

class RegistryError extends Error {
  declare readonly identifier: string;
  declare readonly hints: string[];

  constructor(message: string, identifier: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const hints = [...(details.hints ?? []), ...hintsOf(details.cause)];
    hide(this, "identifier", identifier);
    setHints(this, [...new Set(hints)]);
    trimStack(this);
  }
}

export class ProviderNotFoundError extends RegistryError {
  static {
    hide(this.prototype, "name", "ProviderNotFoundError");
  }

  constructor(identifier: string, details?: ErrorDetails) {
    super(`Provider '${identifier}' not found in registry`, identifier, details);
  }
}

export class ProviderCreationError extends RegistryError {
  static {
    hide(this.prototype, "name", "ProviderCreationError");
  }

  constructor(identifier: string, reason: string, details?: ErrorDetails) {
    super(`Failed to create provider '${identifier}': ${reason}`, identifier, details);
  }
}

export class ServiceNotFoundError extends RegistryError {
  static {
    hide(this.prototype, "name", "ServiceNotFoundError");
  }

  constructor(identifier: string, details?: ErrorDetails) {
    super(`Service '${identifier}' not found in registry`, identifier, details);
  }
}

export class ServiceCreationError extends RegistryError {
  static {
    hide(this.prototype, "name", "ServiceCreationError");
  }

  constructor(identifier: string, reason: string, details?: ErrorDetails) {
    super(`Failed to create service '${identifier}': ${reason}`, identifier, details);
  }
}

/** Thrown by all that is left of a provider or service whose isolate has ended. */
export class ProviderEndedError extends RegistryError {
  declare readonly reason: ProviderEndReason;

  static {
    hide(this.prototype, "name", "ProviderEndedError");
  }

  constructor(identifier: string, reason: ProviderEndReason, message: string, details: ErrorDetails = {}) {
    const hints = details.hints ?? [`load it again: getProvider('${identifier}')`];
    super(`Provider '${identifier}' has ended: ${message}`, identifier, { ...details, hints });
    hide(this, "reason", reason);
  }
}

/**
 * What `thrown` says, on one line.
 *
 * An excerpt or caret below the first line stays with the error itself, which becomes the `cause`.
 */
export function reasonOf(thrown: unknown): string {
  const { message, name } = Object(thrown) as { message?: unknown; name?: unknown };
  const text = typeof thrown === "string" ? thrown : typeof message === "string" ? message : "";
  const line = text.trim().split("\n", 1)[0].trimEnd();
  if (line === "") {
    return typeof name === "string" && name !== "" ? name : `${safeString(thrown)} was thrown`;
  }
  return CYCLE_SYMPTOM.test(line) ? `${line} (circular import?)` : line;
}

// What V8 says when code runs before a module of its own import cycle has.
const CYCLE_SYMPTOM = /^Class extends value undefined|^Cannot access '.*' before initialization$/;

function hintsOf(thrown: unknown): string[] {
  const { hints } = Object(thrown) as { hints?: unknown };
  return Array.isArray(hints) ? hints.filter((hint) => typeof hint === "string") : [];
}

function safeString(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}
