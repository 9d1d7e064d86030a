// Work that is done once for each key.
//
// Callers that come while it is under way share it; what it gave is kept until `clear`; a failure is not kept.

export class Once<V> {
  readonly #settled = new Map<string, V>();
  readonly #running = new Map<string, Promise<V>>();

  /** How many are under way. */
  get running(): number {
    return this.#running.size;
  }

  async run(key: string, start: () => Promise<V>): Promise<V> {
    if (this.#settled.has(key)) {
      return this.#settled.get(key)!;
    }
    let work = this.#running.get(key);
    if (work === undefined) {
      work = this.#start(key, start);
      this.#running.set(key, work);
    }
    return await work;
  }

  /** Forgets what is settled. What is under way goes on, and is kept. */
  clear(): void {
    this.#settled.clear();
  }

  /** Forgets what is settled for `key`. */
  forget(key: string): void {
    this.#settled.delete(key);
  }

  async #start(key: string, start: () => Promise<V>): Promise<V> {
    try {
      const value = await start();
      this.#settled.set(key, value);
      return value;
    } finally {
      this.#running.delete(key);
    }
  }
}
