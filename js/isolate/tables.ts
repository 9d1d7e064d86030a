// What each side holds of the other: numbers for objects that were given away, stand-ins for those received.
//
// A number stays valid until the other side has released it as often as it was sent: a reference that is on its way
// while an older one is released is not lost. A stand-in that was collected is released by `collected`.

import { primordials } from "ext:core/mod.js";
import { MOST_REFERENCES, ProtocolError } from "ext:prizm/isolate/protocol.ts";

const { SafeFinalizationRegistry, SafeMap, SafeWeakMap, SafeWeakRef } = primordials;

type Key = object | symbol;

interface Exported {
  id: number;
  value: Key;
  /** How often the number was sent, less the releases. */
  count: number;
}

/** Own objects that the other side may name. */
export class Exports {
  readonly #byValue = new SafeMap() as Map<Key, Exported>;
  readonly #byId = new SafeMap() as Map<number, Exported>;
  #next = 1;

  get size(): number {
    return this.#byId.size;
  }

  /** The number of `value`; to be sent once for each call. */
  give(value: Key): number {
    let exported = this.#byValue.get(value);
    if (exported === undefined) {
      exported = { id: this.#next++, value, count: 0 };
      this.#byValue.set(value, exported);
      this.#byId.set(exported.id, exported);
    }
    exported.count += 1;
    return exported.id;
  }

  /** Gives `value` a number that is never released. */
  keep(id: number, value: Key): void {
    const exported = { id, value, count: Infinity };
    this.#byValue.set(value, exported);
    this.#byId.set(id, exported);
  }

  /** @throws ProtocolError for a number that is not given now */
  get(id: unknown): any {
    const exported = this.#byId.get(id as number);
    if (exported === undefined) throw new ProtocolError("there is no such reference");
    return exported.value;
  }

  release(id: unknown, count: unknown): void {
    const exported = this.#byId.get(id as number);
    if (exported === undefined || typeof count !== "number" || !(count > 0)) return;
    exported.count -= count;
    if (exported.count > 0) return;
    this.#byId.delete(exported.id);
    this.#byValue.delete(exported.value);
  }

  clear(): void {
    this.#byId.clear();
    this.#byValue.clear();
  }
}

/** What stands for an object of the other side. */
export interface Imported {
  id: number;
  /** The membrane that it came through. */
  owner: object;
  /** One of the kinds of specials. */
  kind: number;
  flags: number;
  /** How often the number was received for this stand-in. */
  count: number;
  weak: { deref(): Key | undefined };
  /** Methods of its class, by key, that were read before. */
  methods: Map<PropertyKey, unknown> | undefined;
  /** For a function: the key under which it is somebody's method. */
  key: PropertyKey | undefined;
}

const imported = new SafeWeakMap() as WeakMap<Key, Imported>;

/** What is known of `value`, if it stands for an object of any other isolate. */
export function importedOf(value: unknown): Imported | undefined {
  return imported.get(value as Key);
}

/** Stand-ins for objects of the other side. */
export class Imports {
  readonly #byId = new SafeMap() as Map<number, Imported>;
  readonly #registry;
  readonly #owner: object;

  /** `collected` is called with stand-ins that nobody has any more. */
  constructor(owner: object, collected: (imported: Imported) => void) {
    this.#owner = owner;
    this.#registry = new SafeFinalizationRegistry((gone: Imported) => {
      if (this.#byId.get(gone.id) === gone) this.#byId.delete(gone.id);
      collected(gone);
    });
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The stand-in for `id`, if there is one. Counts it as received once more. */
  take(id: number, kind: number): any {
    const known = this.#byId.get(id);
    const value = known?.weak.deref();
    if (known === undefined || value === undefined) return undefined;
    if (known.kind !== kind) throw new ProtocolError("a reference changed its kind");
    known.count += 1;
    return value;
  }

  add(id: unknown, kind: number, flags: number, value: Key): Imported {
    if (typeof id !== "number" || this.#byId.size >= MOST_REFERENCES) throw new ProtocolError("too many references");
    const record: Imported = {
      id,
      owner: this.#owner,
      kind,
      flags,
      count: 1,
      weak: new SafeWeakRef(value),
      methods: undefined,
      key: undefined,
    };
    this.#byId.set(id, record);
    imported.set(value, record);
    this.#registry.register(value, record);
    return record;
  }
}
