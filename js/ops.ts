// The host's ops, as the other modules of js/ take them, and what the loader calls by `Symbol.for("prizm.host")`.
//
// Runs when an isolate starts, before the runtime takes the ops off `Deno.core`; so it does as little as it can.

import { core } from "ext:core/mod.js";

const {
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

/** Gives an error from Rust its causes and hints back; they crossed as strings. */
function restore(error: any): any {
  if (error === null || typeof error !== "object" || typeof error.prizmCauses !== "string") return error;
  const hints = error.prizmHints === "" ? [] : error.prizmHints.split("\n");
  const causes = error.prizmCauses === "" ? [] : error.prizmCauses.split(SEPARATOR);
  delete error.prizmCauses;
  delete error.prizmHints;
  setHints(error, hints);
  let cause: Error | undefined;
  for (const message of causes.reverse()) {
    cause = new Error(message, cause === undefined ? undefined : { cause });
    // The stack would point here, which says nothing.
    cause.stack = `Error: ${message}`;
  }
  if (cause !== undefined && error.cause === undefined) hide(error, "cause", cause);
  return error;
}

function call<T>(op: (...args: any[]) => T, ...args: any[]): T {
  try {
    return op(...args);
  } catch (error) {
    throw restore(error);
  }
}

export const parseIdentifier = (text: string): any => call(op_prizm_parse_identifier, text);
export const canonicalIdentifier = (text: string): string => call(op_prizm_canonical_identifier, text);
export const identifierKind = (text: string): Kind => call(op_prizm_identifier_kind, text);
export const nearMatches = (name: string, candidates: string[]): string[] => op_prizm_near_matches(name, candidates);
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

/** Is some frame of the calling code a file below `root`? */
export function frameBelongsTo(root: string): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const stack = String(new Error().stack);
  Error.stackTraceLimit = limit;
  return stack.includes(`${fileUrl(root)}/`);
}

/** As the loader writes the URLs of files, which is what stacks show. */
function fileUrl(path: string): string {
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
