// From a module to the provider or service that it exports.
//
// In: a module namespace and the contract. Out: the first export that fulfils the contract, or the reason why
// there is none. Classes are `new`ed on the way; the module's other functions are not called.

import {
  type Contract,
  describeGaps,
  DOCKER_SERVICE,
  findGaps,
  type Gaps,
  isClass,
  isComplete,
  isConstructor,
  kindOf,
  MEDIA_PROVIDER,
  promises,
} from "ext:prizm/contract.ts";
import { reasonOf } from "ext:prizm/errors.ts";

export type Unwrapped<T> = { instance: T } | Failure;

export interface Failure {
  /** Why there is none, on one line. */
  reason: string;
  /** What a constructor threw. */
  cause?: unknown;
  /** Whether an export fulfils the other contract: a service was asked for as a provider, or the reverse. */
  isMixedUp: boolean;
}

interface Export {
  /** How it is reached: "default", "default.default", "Painter". */
  name: string;
  value: unknown;
}

interface Candidate extends Export {
  /** Whether it is meant to be the one, so that its failure is the failure of the whole. */
  isIntended: boolean;
}

interface Misfit {
  name: string;
  gaps: Gaps;
  isMixedUp: boolean;
}

export interface UnwrapOptions {
  /** What classes are made with; absent for no argument. */
  argument?: unknown;
  /** Whether classes that do not look like the contract may be made to find out. */
  mayGuess: boolean;
}

/**
 * Finds what `namespace` has to offer for `contract`: `default`, `default.default`, then the other exports in
 * the order of their names; last, with `mayGuess`, the classes that have to be made to know.
 */
export function unwrap<T extends object>(namespace: object, contract: Contract, options: UnwrapOptions): Unwrapped<T> {
  const exports = listExports(namespace);
  const misfits: Misfit[] = [];
  let failed: { thrown: unknown } | undefined;

  for (const candidate of inOrder(exports, contract, options.mayGuess)) {
    let instance;
    try {
      instance = make(candidate.value, options.argument);
    } catch (thrown) {
      if (candidate.isIntended) {
        return failure(thrown);
      }
      failed ??= { thrown };
    }
    if (typeof instance !== "object" || instance === null || Array.isArray(instance)) {
      continue;
    }
    const gaps = findGaps(instance, contract);
    if (isComplete(gaps)) {
      return { instance: instance as T };
    }
    if (gaps.fulfilled === 0 && instance === candidate.value && isDefault(candidate.name) && hasDefault(instance)) {
      // A wrapper: what it wraps is the next candidate.
      continue;
    }
    const other = contract === MEDIA_PROVIDER ? DOCKER_SERVICE : MEDIA_PROVIDER;
    const isMixedUp = isComplete(findGaps(instance, other));
    // Data that has nothing of the contract says nothing about what is missing.
    if (gaps.fulfilled > 0 || candidate.isIntended || isMixedUp || instance !== candidate.value) {
      misfits.push({ name: candidate.name, gaps, isMixedUp });
    }
  }

  const closest = findClosest(misfits);
  if (failed !== undefined && !(closest !== undefined && closest.gaps.fulfilled > 0)) {
    return failure(failed.thrown);
  }
  return {
    reason: explain(exports, contract, closest),
    isMixedUp: misfits.some((misfit) => misfit.isMixedUp),
  };
}

function make(value: unknown, argument: unknown): unknown {
  if (!isConstructor(value)) {
    return value;
  }
  return argument === undefined ? new value() : new value(argument);
}

function failure(thrown: unknown): Failure {
  return { reason: reasonOf(thrown), cause: thrown, isMixedUp: false };
}

function findClosest(misfits: Misfit[]): Misfit | undefined {
  const [first, ...others] = misfits;
  return others.reduce((best, misfit) => misfit.gaps.fulfilled > best.gaps.fulfilled ? misfit : best, first);
}

/** "exports: default (class Painter), VERSION (string)" */
function inventory(exports: Export[]): string {
  const shown = exports.slice(0, 10).map(({ name, value }) => `${name} (${kindOf(value)})`);
  if (exports.length > shown.length) {
    shown.push(`${exports.length - shown.length} more`);
  }
  return shown.length === 0 ? "it exports nothing" : `exports: ${shown.join(", ")}`;
}

function explain(exports: Export[], contract: Contract, closest: Misfit | undefined): string {
  const parts = [];
  for (const { name, value } of exports) {
    if (value === undefined && (isDefault(name) || closest === undefined)) {
      parts.push(`export '${name}' is undefined: circular import?`);
    } else if (isDefault(name) && (typeof value !== "object" || value === null) && !isConstructor(value)) {
      parts.push(`export '${name}' (${kindOf(value)}) is neither a class nor an object`);
    }
  }
  if (closest !== undefined) {
    parts.push(`export '${closest.name}' is no ${contract.name}: ${describeGaps(closest.gaps)}`);
  } else if (parts.length === 0) {
    parts.push(`no export is a class or an object that could be a ${contract.name}`);
  }
  return `${parts.join("; ")} (${inventory(exports)})`;
}

function isDefault(name: string): boolean {
  return /^default(\.default)*$/.test(name);
}

function hasDefault(value: unknown): value is object {
  return typeof value === "object" && value !== null && Reflect.has(value, "default");
}

function* inOrder(exports: Export[], contract: Contract, mayGuess: boolean): Iterable<Candidate> {
  const uncertain: Candidate[] = [];
  for (const { name, value } of exports) {
    if (isDefault(name)) {
      yield { name, value, isIntended: true };
    } else if (typeof value !== "function") {
      yield { name, value, isIntended: false };
    } else if (promises(value, contract)) {
      yield { name, value, isIntended: true };
    } else if (isClass(value)) {
      uncertain.push({ name, value, isIntended: false });
    }
  }
  if (mayGuess) {
    yield* uncertain;
  }
}

const LONGEST_DEFAULT = "default.default.default.default".length;

function listExports(namespace: object): Export[] {
  const found = new Map<string, unknown>();
  // Each tool on the way from TypeScript to CommonJS and back may have put a `default` around the export.
  let value: unknown = namespace;
  for (let name = "default"; hasDefault(value) && name.length < LONGEST_DEFAULT; name += ".default") {
    value = read(value, "default");
    found.set(name, value);
  }
  const primary = found.get("default");
  const inner = typeof primary === "object" && primary !== null ? primary : undefined;
  for (const [prefix, source] of [["", namespace], ["default.", inner]] as const) {
    // What a CommonJS module exports shows up twice where its names could be told beforehand.
    for (const key of source === undefined ? [] : exportNames(source)) {
      const value = read(source!, key);
      const isSeen = found.has(key) || (Object(value) === value && [...found.values()].includes(value));
      if (!isSeen) {
        found.set(prefix + key, value);
      }
    }
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

function exportNames(source: object): string[] {
  const isNamespace = Object.prototype.toString.call(source) === "[object Module]";
  if (!isNamespace && Object.getPrototypeOf(source) !== Object.prototype) {
    return [];
  }
  return Reflect.ownKeys(source).filter((key) =>
    typeof key === "string" && !["default", "module.exports", "__esModule"].includes(key)
  ) as string[];
}

/** An export that its module has not set yet reads as `undefined`, whichever way the engine says so. */
function read(source: object, key: string): unknown {
  try {
    return Reflect.get(source, key);
  } catch {
    return undefined;
  }
}
