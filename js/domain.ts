// What tells the registry of providers from that of services.
//
// In: nothing. Out: types, and words for hints. Side effects: none.

import type { ErrorDetails, ParsedIdentifier } from "prizm";
import type { Contract } from "ext:prizm/contract.ts";
import type * as ops from "ext:prizm/ops.ts";

export type Kind = ParsedIdentifier["type"];
export type Repository = Awaited<ReturnType<typeof ops.loadRepository>>;

/** One of the two. */
export interface Domain<T> {
  kind: "provider" | "service";
  /** The call that scripts make: "getProvider". */
  call: string;
  /** The call of the other registry. */
  otherCall: string;
  contract: Contract;
  /** Static ids of prizm.json, each with the identifier that it stands for. */
  statics(): Record<string, string>;
  /** Makes what needs no repository; `undefined` where one is needed. */
  direct(identifier: string, kind: Kind, config: unknown): T | undefined;
  /** Why a repository without an entry point cannot be loaded. */
  noEntry(repository: Repository, identifier: string): { reason: string; hints: string[] };
  notFound(identifier: string, details: ErrorDetails): Error;
  failed(identifier: string, reason: string, details: ErrorDetails): Error;
}

/** The function that the console hands to an object's own inspection. */
export type Inspect = (value: unknown, options: object) => string;

export function hintFor({ name }: Contract): string {
  return `\`prizm types\` prints what a ${name} has`;
}
