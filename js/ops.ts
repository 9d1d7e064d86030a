// The host's ops, as the other modules of js/ take them, and what the loader calls by `Symbol.for("prizm.host")`.
//
// Runs when the snapshot is made, not when an isolate starts: at top level it may read nothing of the machine.

import { core, primordials } from "ext:core/mod.js";
import {
  PipeWrap,
  TCPWrap,
  TTY,
  op_prizm_adopt_descriptor,
  op_prizm_aliases,
  op_prizm_cache_folder,
  op_prizm_canonical_identifier,
  op_prizm_check_terminal,
  op_prizm_failed_import,
  op_prizm_explain_denied,
  op_prizm_guest_link,
  op_prizm_guest_repository,
  op_prizm_identifier_kind,
  op_prizm_isolate_limits,
  op_prizm_isolate_respawn,
  op_prizm_isolate_spawn,
  op_prizm_keep_starters,
  op_prizm_link_call,
  op_prizm_link_close,
  op_prizm_link_give,
  op_prizm_link_post,
  op_prizm_link_receive,
  op_prizm_link_receive_soon,
  op_prizm_link_ref,
  op_prizm_link_take,
  op_prizm_link_wait,
  op_prizm_load_repository,
  op_prizm_near_matches,
  op_prizm_node_spawn_child,
  op_prizm_parse_identifier,
  op_prizm_resolve_require,
  op_prizm_spawn_child,
  op_prizm_spawn_sync,
  op_prizm_static_providers,
  op_prizm_version,
} from "ext:core/ops";

type Kind = "github" | "git" | "npm" | "file" | "http" | "static";
type Repository = {
  identity: string;
  identifier: string;
  root: string;
  entry: string | null;
  composeFile: string | null;
  manifest: object | null;
  tried: string[];
  /** Whether its code runs in an isolate of its own. */
  isolated: boolean;
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

/** Does the same for what `import()` throws when a module cannot be had. That is a TypeError whatever happened. */
function restoreImport(error: any): any {
  if (error.code !== "ERR_MODULE_NOT_FOUND" || typeof error.message !== "string") return error;
  const message = error.message;
  const below = op_prizm_failed_import(message) as [string[], string[]] | null;
  const isSyntax = SYNTAX_ERROR.test(message);
  if (!isSyntax && !below) return error;
  const restored = isSyntax ? withoutStack(() => new SyntaxError(message)) : error;
  return complete(restored, below?.[0] ?? [], below?.[1] ?? []);
}

/** What compiled code hands the failure of an `import()` to. */
function failedImport(error: any): never {
  if (error?.code === "ERR_MODULE_NOT_FOUND" && typeof error.message === "string") {
    const below = op_prizm_failed_import(error.message) as [string[], string[]] | null;
    if (below) complete(error, ...below);
  }
  throw error;
}

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
/** `$CACHE` of the provider of this isolate; `null` where it was not granted, and in scripts. */
export const cacheFolder = (): string | null => op_prizm_cache_folder() ?? null;
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

/** Starts the isolate of a repository that `loadRepository` gave here before; the number of the link to it. */
export async function spawnIsolate(identity: string): Promise<number> {
  try {
    return await op_prizm_isolate_spawn(identity);
  } catch (error) {
    throw restore(error);
  }
}

/** The same at once, for one that was dropped as idle. */
export const respawnIsolate = (identity: string): number => call(op_prizm_isolate_respawn, identity);

/** In milliseconds: how long a call may take, and an isolate be idle; `null` without a limit. */
export const isolateLimits = (): { call: number | null; idle: number | null } => op_prizm_isolate_limits();

/** Queues a message for the other side; throws if that has ended, with a `reason`. */
export const postToLink = (link: number, message: Uint8Array): void => op_prizm_link_post(link, message);

/** Posts a call (kind 1) and blocks until the next call or reply (kinds 1 and 2) comes by this link. */
export const callLink = (link: number, message: Uint8Array): Uint8Array => op_prizm_link_call(link, message);

/** The same without posting. */
export const waitForLink = (link: number): Uint8Array => op_prizm_link_wait(link);

/** Ends a link to a guest, and the guest. */
export const closeLink = (link: number): void => op_prizm_link_close(link);

let receiving: Promise<unknown> | undefined;
const pendingLinks: Set<number> = new primordials.SafeSet();

/** All messages that have come for this isolate, once there are some; `null` when it is to end. One call at a time. */
export async function receiveFromLinks(): Promise<[number, Uint8Array][] | null> {
  const letters = op_prizm_link_receive();
  receiving = letters;
  if (pendingLinks.size === 0 && !isGuest()) core.unrefOpPromise(letters);
  try {
    return await letters ?? null;
  } finally {
    receiving = undefined;
  }
}

/** Those that come within microseconds; an empty list if none does. */
export const receiveSoon = (): [number, Uint8Array][] => op_prizm_link_receive_soon();

/** Tells whether answers are awaited by `link`: the script does not end before, and the limit for a call holds. */
export function setLinkPending(link: number, isPending: boolean): void {
  const before = pendingLinks.size;
  if (isPending) pendingLinks.add(link);
  else pendingLinks.delete(link);
  op_prizm_link_ref(link, isPending);
  if (receiving === undefined || isGuest()) return;
  if (before === 0 && pendingLinks.size === 1) core.refOpPromise(receiving);
  if (before === 1 && pendingLinks.size === 0) core.unrefOpPromise(receiving);
}

// Buffers move by these two, and not by `transferredArrayBuffers` of `core.serialize`: the store behind that hands out
// by a number that can be guessed, so in a common one a provider could take another's pixels. Each isolate has its own.

/** Takes the memory out of `buffer` for the other side of `link`; the number by which that side takes it. */
export const giveBuffer = (link: number, buffer: ArrayBuffer): number => op_prizm_link_give(link, buffer);

/** What the other side of `link` gave under that number; once. */
export const takeBuffer = (link: number, number: number): ArrayBuffer => op_prizm_link_take(link, number);

let guestLinkFound: number | null | undefined;

/** The link to the host; `null` in an isolate that is nobody's guest. */
export function guestLink(): number | null {
  if (guestLinkFound === undefined) {
    try {
      guestLinkFound = op_prizm_guest_link() as number;
    } catch {
      guestLinkFound = null;
    }
  }
  return guestLinkFound;
}

export const isGuest = (): boolean => guestLink() !== null;

/** What a guest is to load. */
export const guestRepository = (): Repository => op_prizm_guest_repository();

/**
 * Has an error that tells of an access which this isolate was denied say whose isolate that is, and what would allow
 * it. For errors that are about to leave the isolate.
 */
export function explainDenied(error: any): void {
  const message: unknown = error.message;
  if (typeof message !== "string" || !DENIED.test(message)) return;
  const stack: unknown = error.stack;
  const place = typeof stack === "string" ? PLACE.exec(stack)?.[1] : undefined;
  const explained = op_prizm_explain_denied(message, place);
  if (explained === null || explained === undefined) return;
  const [text, hint] = explained;
  hide(error, "message", text);
  if (typeof stack === "string") hide(error, "stack", stack.replace(message, () => text));
  if (hint !== "") setHints(error, [hint]);
}

const DENIED = /Requires [a-z]+ access.*, run again with the --allow-/s;
/** The first line of the stack that is no code of the runtime. */
const PLACE = /\n +at (?:(?!\bext:|\bnode:)[^\n])*?((?:file|https?):\/\/[^\n)]+:\d+:\d+)/;

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

/** Streams of Node take any number for a descriptor of theirs, and close it in the end. Methods are beyond what ops can be replaced by. */
function confineDescriptors(): void {
  const { ObjectDefineProperty, Proxy, ReflectConstruct, uncurryThis } = primordials;
  for (const { prototype } of [PipeWrap, TCPWrap]) {
    const open = uncurryThis(prototype.open);
    ObjectDefineProperty(prototype, "open", {
      __proto__: null,
      value: function (descriptor: unknown) {
        const number = (descriptor as number) | 0;
        op_prizm_adopt_descriptor(number);
        return open(this, number);
      },
    });
  }
  const Terminal = new Proxy(TTY, {
    __proto__: null,
    construct(_target: unknown, [descriptor, context]: [unknown, object], asked: unknown) {
      const number = (descriptor as number) | 0;
      op_prizm_check_terminal(number);
      return ReflectConstruct(TTY, [number, context], asked === Terminal ? TTY : asked);
    },
  });
  ObjectDefineProperty(TTY.prototype, "constructor", { __proto__: null, value: Terminal });
  ObjectDefineProperty(core.ops, "TTY", { __proto__: null, value: Terminal });
}

const loadIndex = core.createLazyLoader("ext:prizm/index.ts");
const loadGlobal = core.createLazyLoader("ext:prizm/global.ts");
const loadGuest = core.createLazyLoader("ext:prizm/isolate/guest.ts");
const loadRequire = core.createLazyLoader("ext:prizm/require.ts");

Object.defineProperty(globalThis, Symbol.for("prizm.host"), {
  value: Object.freeze({
    module: () => loadIndex(),
    require: (path: string, isMain: boolean) => loadRequire().requireFile(path, isMain),
    install: () => void loadRequire(),
    failedImport,
    guest: () => isGuest() ? loadGuest().start() : undefined,
    /** Called in each isolate of a guest before its code: what starts programs goes where only the host program calls it. */
    confine: () => {
      op_prizm_keep_starters(op_prizm_spawn_child, op_prizm_node_spawn_child, op_prizm_spawn_sync);
      confineDescriptors();
    },
  }),
});

let prizm: object | undefined;
Object.defineProperty(globalThis, "Prizm", {
  get: () => prizm ??= loadGlobal().createPrizmGlobal(),
  enumerable: false,
  configurable: true,
});
