// Instances that were made, by identity and configuration.
//
// In: instances and what they were asked for as. Out: the same one for the same question. Side effects: none.

import type { ParsedIdentifier } from "prizm";
import { configKey } from "ext:prizm/config_key.ts";

/** An instance and where it came from. */
export interface Entry<T> {
  instance: T;
  kind: ParsedIdentifier["type"];
  /** "static:painter", or what the host says: "github:owner/repo@<commit>". */
  identity: string;
  /** Every text that led to it. */
  names: Set<string>;
}

/** What an instance is kept and found by: the texts that mean it, and the constructor's argument. */
export interface Asked {
  kind: ParsedIdentifier["type"];
  names: string[];
  config: unknown;
}

export class Instances<T> {
  readonly #entries = new Map<string, Entry<T>>();

  get size(): number {
    return this.#entries.size;
  }

  entries(): Entry<T>[] {
    return [...this.#entries.values()];
  }

  /** The instance of that configuration; without one, any instance will do. */
  find(identity: string, { config, names }: Asked): T | undefined {
    const entry = config === undefined
      ? this.entries().find((entry) => entry.identity === identity)
      : this.#entries.get(identity + configKey(config));
    names.forEach((name) => entry?.names.add(name));
    return entry?.instance;
  }

  keep(instance: T, identity: string, { config, names, kind }: Asked): T {
    const key = config === undefined ? identity : identity + configKey(config);
    this.#entries.set(key, { instance, kind, identity, names: new Set(names) });
    return instance;
  }

  drop(identity: string): void {
    for (const [key, entry] of this.#entries) {
      if (entry.identity === identity) {
        this.#entries.delete(key);
      }
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
