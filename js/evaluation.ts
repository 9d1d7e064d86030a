// Running a repository's entry module, and telling which repository a registration comes from.
//
// Two repositories may load at once and both may register themselves, so a registration is matched by the frames
// on its stack: it belongs to the loading repository whose entry, or else whose folder, some caller lies in.

import * as ops from "ext:prizm/ops.ts";

type Repository = Awaited<ReturnType<typeof ops.loadRepository>>;

/** A module that ran, and the ids that it registered while it did. */
export interface Evaluated {
  namespace: object;
  ids: string[];
}

/** A repository whose module runs now. */
export interface Evaluation {
  identity: string;
  /** What a frame of its own files has in it, the surest sign first. */
  signs: string[];
  ids: string[];
  /** The repositories whose modules its own code waits for. */
  waitsFor: Set<string>;
}

export class Evaluations {
  readonly #running = new Map<string, Evaluation>();
  /** Ids registered outside of any load, with the stack: their module may be asked for later. */
  readonly #early = new Map<string, string>();

  /** Loads and runs the entry module of `repository`. */
  async run(repository: Repository): Promise<Evaluated> {
    const { identity } = repository;
    const evaluation = { identity, signs: signsOf(repository), ids: [], waitsFor: new Set<string>() };
    this.#running.set(identity, evaluation);
    try {
      const namespace = await ops.importModule(repository.entry!);
      const ids = evaluation.ids.length > 0 ? evaluation.ids : this.#registeredEarly(repository);
      return { namespace, ids };
    } finally {
      this.#running.delete(identity);
    }
  }

  /** Notes that the code on the current stack registered `id`. */
  note(id: string): void {
    const stack = ops.currentStack();
    const owner = this.#owner(stack);
    this.#early.delete(id);
    if (owner === undefined) {
      this.#early.set(id, stack);
    } else {
      owner.ids.push(id);
    }
  }

  /** The loading repository whose code is on the current stack. */
  asker(): Evaluation | undefined {
    return this.#running.size === 0 ? undefined : this.#owner(ops.currentStack());
  }

  /**
   * Does `work`, which ends when the module of `identity` has run, in the name of `asker`.
   *
   * @throws what `circle` makes of the identities along the way, if that would wait for `asker` itself
   */
  async wait<V>(
    asker: Evaluation | undefined,
    identity: string,
    circle: (path: string[]) => Error,
    work: () => Promise<V>,
  ): Promise<V> {
    if (asker === undefined || !this.#running.has(asker.identity)) {
      return await work();
    }
    const path = this.#pathTo(asker.identity, identity, []);
    if (path !== undefined) {
      throw circle([asker.identity, ...path]);
    }
    asker.waitsFor.add(identity);
    try {
      return await work();
    } finally {
      asker.waitsFor.delete(identity);
    }
  }

  #owner(stack: string): Evaluation | undefined {
    let owner: Evaluation | undefined;
    let best = [Infinity, 0];
    for (const evaluation of this.#running.values()) {
      const rank = evaluation.signs.findIndex((sign) => stack.includes(sign));
      // Of two folders, the one inside the other is meant.
      const length = evaluation.signs[rank]?.length ?? 0;
      if (rank !== -1 && (rank < best[0] || (rank === best[0] && length > best[1]))) {
        owner = evaluation;
        best = [rank, length];
      }
    }
    return owner;
  }

  #registeredEarly(repository: Repository): string[] {
    const { entry, tried } = repository;
    const [own, ...folder] = signsOf(repository);
    // A file stands for itself: what its neighbours register is not meant.
    const isFile = tried.length === 1 && ops.fileUrl(tried[0]) === entry;
    const signs = isFile ? [own] : [own, ...folder];
    return [...this.#early].filter(([, stack]) => signs.some((sign) => stack.includes(sign))).map(([id]) => id);
  }

  /** The way from `from` to `target` along what waits for what. */
  #pathTo(target: string, from: string, before: string[]): string[] | undefined {
    const path = [...before, from];
    if (from === target) {
      return path;
    }
    for (const next of this.#running.get(from)?.waitsFor ?? []) {
      const found = path.includes(next) ? undefined : this.#pathTo(target, next, path);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }
}

function signsOf({ entry, root }: Repository): string[] {
  return [`${entry}:`, `${ops.fileUrl(root)}/`];
}
