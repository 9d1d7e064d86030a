// AbortSignals across a link: what arrives is a real signal, aborted when the original is, with the same reason.
//
// Each side holds the other's signals strongly until they are aborted or collected at home: a listener must fire
// also when nobody but the signal knows of it. Own signals are held weakly.

import { primordials } from "ext:core/mod.js";
import { intrinsic } from "ext:prizm/isolate/intrinsics.ts";
import { ABORT, MOST_REFERENCES, ProtocolError } from "ext:prizm/isolate/protocol.ts";

const {
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  SafeFinalizationRegistry,
  SafeMap,
  SafeWeakMap,
  SafeWeakRef,
} = primordials as any;

const AbortController = intrinsic("AbortController");
const abort = AbortController.prototype.abort;
const signalOf = ReflectGetOwnPropertyDescriptor(AbortController.prototype, "signal").get;
const isAborted = ReflectGetOwnPropertyDescriptor(intrinsic("AbortSignal.prototype"), "aborted").get;
const reasonOf = ReflectGetOwnPropertyDescriptor(intrinsic("AbortSignal.prototype"), "reason").get;
const addEventListener = intrinsic("EventTarget.prototype").addEventListener;

type Post = (...body: unknown[]) => void;

export class Signals {
  readonly #own = new SafeWeakMap();
  readonly #ownById = new SafeMap();
  readonly #others = new SafeMap();
  readonly #homeOf = new SafeWeakMap();
  readonly #registry;
  readonly #post: Post;
  #next = 1;

  constructor(post: Post) {
    this.#post = post;
    this.#registry = new SafeFinalizationRegistry((id: number) => {
      this.#ownById.delete(id);
      post(ABORT, id, false, undefined);
    });
  }

  /** The number of `signal`, of this side or of the other. */
  give(signal: object): { id: number; isHome: boolean; isAborted: boolean; reason: unknown } {
    const home = this.#homeOf.get(signal);
    const aborted = ReflectApply(isAborted, signal, []);
    const reason = aborted ? ReflectApply(reasonOf, signal, []) : undefined;
    if (home !== undefined) return { id: home, isHome: true, isAborted: aborted, reason };
    let id = this.#own.get(signal);
    if (id === undefined) {
      id = this.#next++;
      this.#own.set(signal, id);
      this.#ownById.set(id, new SafeWeakRef(signal));
      this.#registry.register(signal, id);
      if (!aborted) this.#follow(signal, id);
    }
    return { id, isHome: false, isAborted: aborted, reason };
  }

  /** An own signal that comes home. */
  home(id: unknown): object {
    // One that was collected meanwhile will not be aborted any more.
    return this.#ownById.get(id)?.deref() ?? ReflectApply(signalOf, new AbortController(), []);
  }

  take(id: unknown, isAborted: boolean, reason: unknown): object {
    if (typeof id !== "number" || this.#others.size >= MOST_REFERENCES) throw new ProtocolError("too many signals");
    let controller = this.#others.get(id);
    if (controller === undefined) {
      controller = new AbortController();
      this.#others.set(id, controller);
      this.#homeOf.set(ReflectApply(signalOf, controller, []), id);
    }
    if (isAborted) this.settle(id, true, reason);
    return ReflectApply(signalOf, controller, []);
  }

  /** The other side's signal was aborted, or is gone. */
  settle(id: unknown, isAborted: boolean, reason: unknown): void {
    const controller = this.#others.get(id);
    if (controller === undefined) return;
    this.#others.delete(id);
    if (isAborted) ReflectApply(abort, controller, reason === undefined ? [] : [reason]);
  }

  #follow(signal: object, id: number): void {
    const post = this.#post;
    const listener = function (this: object) {
      post(ABORT, id, true, ReflectApply(reasonOf, this, []));
    };
    ReflectApply(addEventListener, signal, ["abort", listener, { __proto__: null, once: true }]);
  }
}
