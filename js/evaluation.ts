// Running a repository's entry module, and telling which repository a registration comes from.
//
// Two repositories may load at once and both may register themselves, so a registration is matched by the frames
// on its stack: it belongs to the loading repository whose folder, the deepest one, some caller lies in.

import * as ops from "ext:prizm/ops.ts";

/** A module that ran, and the ids that it registered while it did. */
export interface Evaluated {
  namespace: object;
  ids: string[];
}

interface Evaluation {
  root: string;
  ids: string[];
}

export class Evaluations {
  readonly #running = new Set<Evaluation>();

  /** Loads and runs the module `entry` of the repository in the folder `root`. */
  async run(entry: string, root: string): Promise<Evaluated> {
    const evaluation: Evaluation = { root, ids: [] };
    this.#running.add(evaluation);
    try {
      return { namespace: await ops.importModule(entry), ids: evaluation.ids };
    } finally {
      this.#running.delete(evaluation);
    }
  }

  /** Notes that the code on the current stack registered `id`. */
  note(id: string): void {
    const [owner] = [...this.#running]
      .filter(({ root }) => ops.frameBelongsTo(root))
      .sort((a, b) => b.root.length - a.root.length);
    owner?.ids.push(id);
  }
}
