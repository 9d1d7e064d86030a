// The host's ops, as the other modules of js/ take them, and what the loader calls by `Symbol.for("prizm.host")`.
//
// Runs when an isolate starts, before the runtime takes the ops off `Deno.core`; so it does as little as it can.

import { core } from "ext:core/mod.js";

const {
  op_prizm_aliases,
  op_prizm_canonical_identifier,
  op_prizm_identifier_kind,
  op_prizm_load_repository,
  op_prizm_near_matches,
  op_prizm_parse_identifier,
  op_prizm_resolve_require,
  op_prizm_static_providers,
  op_prizm_version,
} = core.ops;

type Kind = "github" | "git" | "npm" | "file" | "http" | "static";
type Repository = {
  identity: string;
  identifier: string;
  root: string;
  entry: string | null;
  composeFile: string | null;
  manifest: object | null;
  tried: string[];
};

const SEPARATOR = "\x1f";

function hide(error: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, writable: true, configurable: true });
}

/** Attaches what the reader could do, for scripts (`error.hints`) and for the command line, which reads a string. */
export function setHints(error: object, hints: string[]): void {
  hide(error, "hints", hints);
  hide(error, "prizmHints", hints.join("\n"));
  const keys = Symbol.for("errorAdditionalPropertyKeys");
  if (!Object.hasOwn(error, keys)) hide(error, keys, ["prizmHints"]);
}

/** Takes the frames of this extension off the stack of `error`: they say nothing to those who call it. */
export function trimStack(error: unknown): void {
  if (!(error instanceof Error)) return;
  const stack: unknown = error.stack;
  if (typeof stack !== "string" || !OWN_FRAME.test(stack)) return;
  const value = stack.replace(OWN_FRAME, "");
  Reflect.defineProperty(error, "stack", { value, enumerable: false, writable: true, configurable: true });
}

const OWN_FRAME = /\n +at [^\n]*\bext:prizm\/[^\n]*/g;

/** Gives an error from Rust its causes and hints back; they crossed as strings. */
function restore(error: any): any {
  if (error === null || typeof error !== "object") return error;
  if (typeof error.prizmCauses !== "string") return restoreImport(error);
  const hints = error.prizmHints === "" ? [] : error.prizmHints.split("\n");
  const causes = error.prizmCauses === "" ? [] : error.prizmCauses.split(SEPARATOR);
  delete error.prizmCauses;
  delete error.prizmHints;
  return complete(error, causes, hints);
}

/**
 * Does the same for what `import()` throws when a module cannot be had. That is a TypeError whatever happened,
 * and causes and hints are lines of its message.
 */
function restoreImport(error: any): any {
  if (error.code !== "ERR_MODULE_NOT_FOUND" || typeof error.message !== "string") return error;
  const [message, rest] = error.message.split("\n  Caused by:\n    ", 2);
  const isSyntax = SYNTAX_ERROR.test(message);
  if (!isSyntax && rest === undefined) return error;
  const restored = isSyntax ? withoutStack(() => new SyntaxError(message)) : error;
  hide(restored, "message", message);
  const lines: string[] = rest === undefined ? [] : rest.split("\n    ");
  const isHint = (line: string) => line.startsWith(HINT);
  return complete(
    restored,
    lines.filter((line) => !isHint(line)),
    lines.filter(isHint).map((line) => line.slice(HINT.length)),
  );
}

const HINT = "hint: ";
/** A place and an excerpt below the first line. */
const SYNTAX_ERROR = /\n {4}at \S+:\d+:\d+\n\n {2}\d+ \| /;

function complete(error: any, causes: string[], hints: string[]): any {
  setHints(error, hints);
  let cause: Error | undefined;
  for (const message of causes.reverse()) {
    cause = withoutStack(() => new Error(message, cause === undefined ? undefined : { cause }));
  }
  if (cause !== undefined && error.cause === undefined) hide(error, "cause", cause);
  return error;
}

/** An error that was not made by the code which runs now. */
function withoutStack(make: () => Error): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = make();
  Error.stackTraceLimit = limit;
  return error;
}

function call<T>(op: (...args: any[]) => T, ...args: any[]): T {
  try {
    return op(...args);
  } catch (error) {
    throw restore(error);
  }
}

export function parseIdentifier(text: string): any {
  if (typeof text !== "string") {
    throw new TypeError(`parseIdentifier(text): a string is needed, found ${text === null ? "null" : typeof text}`);
  }
  return call(op_prizm_parse_identifier, text);
}
export const canonicalIdentifier = (text: string): string => call(op_prizm_canonical_identifier, text);
export const identifierKind = (text: string): Kind => call(op_prizm_identifier_kind, text);
export const nearMatches = (name: string, candidates: string[]): string[] => op_prizm_near_matches(name, candidates);
export const aliases = (): Record<string, string> => op_prizm_aliases();
export const staticProviders = (): Record<string, string> => op_prizm_static_providers();
export const resolveRequire = (request: string, parent: string): string | null =>
  call(op_prizm_resolve_require, request, parent) ?? null;
export const version: string = op_prizm_version();

export async function loadRepository(kind: "provider" | "service", identifier: string): Promise<Repository> {
  try {
    return await op_prizm_load_repository(kind === "service", identifier);
  } catch (error) {
    throw restore(error);
  }
}

export async function importModule(url: string): Promise<object> {
  try {
    return await import(url);
  } catch (error) {
    throw restore(error);
  }
}

/** The stack of the calling code, longer than usual. */
export function currentStack(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const stack = String(new Error().stack);
  Error.stackTraceLimit = limit;
  return stack;
}

/** The URL of a file, as the loader writes it, which is what stacks show. */
export function fileUrl(path: string): string {
  const url = new URL("file:///");
  url.pathname = path.replace(/%/g, "%25");
  return url.href.replace(/\/$/, "");
}

const loadIndex = core.createLazyLoader("ext:prizm/index.ts");
const loadGlobal = core.createLazyLoader("ext:prizm/global.ts");
const loadRequire = core.createLazyLoader("ext:prizm/require.ts");

Object.defineProperty(globalThis, Symbol.for("prizm.host"), {
  value: Object.freeze({
    module: () => loadIndex(),
    require: (path: string, isMain: boolean) => loadRequire().requireFile(path, isMain),
    install: () => void loadRequire(),
  }),
});

let prizm: object | undefined;
Object.defineProperty(globalThis, "Prizm", {
  get: () => prizm ??= loadGlobal().createPrizmGlobal(),
  enumerable: false,
  configurable: true,
});
