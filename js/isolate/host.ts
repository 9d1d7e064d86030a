// The host's side: starts the isolates of repositories, and loads their instances.
//
// In: a repository that the host program has admitted. Out: what stands for its instance. Side effects: an isolate
// for each identity, which ends when nobody here has anything of it any more.

import { core, primordials } from "ext:core/mod.js";
import { connect } from "ext:prizm/isolate/links.ts";
import type { Membrane } from "ext:prizm/isolate/membrane.ts";
import { adopt, type Root } from "ext:prizm/isolate/proxy.ts";
import * as ops from "ext:prizm/ops.ts";

const { MathMax, SafeMap, SafeWeakRef, TypeError } = primordials as any;

type Repository = Awaited<ReturnType<typeof ops.loadRepository>>;

export interface Wanted {
  kind: "provider" | "service";
  /** The identifier as the caller wrote it. */
  text: string;
  config: unknown;
  /** Called when the isolate has ended, unless it can come back. */
  onEnd(): void;
}

/** One isolate, and what was loaded from it. */
interface Guest {
  membrane: Membrane;
  instances: number;
  /** How often the registry had been cleared at the last load. */
  clearings: number;
}

/** The isolates of one registry, by identity. */
export class Isolates {
  readonly #guests = new SafeMap() as Map<string, Promise<Guest>>;
  #clearings = 0;

  /** What stands for the instance of `repository` that is made with `config`. */
  async load({ identity }: Repository, wanted: Wanted): Promise<object> {
    let starting = this.#guests.get(identity);
    if (starting === undefined) {
      starting = this.#start(identity, wanted);
      this.#guests.set(identity, starting);
    }
    const guest = await starting;
    const { membrane } = guest;
    try {
      guest.instances++;
      const isFresh = guest.clearings !== this.#clearings;
      guest.clearings = this.#clearings;
      const instance = await membrane.load(wanted.kind, wanted.text, wanted.config, isFresh);
      if (typeof instance !== "object" || instance === null) throw new TypeError("It gave no object");
      const { idle } = ops.isolateLimits();
      if (typeof idle === "number") this.#watch(instance, identity, guest, wanted, idle);
      return instance;
    } catch (thrown) {
      if (this.#guests.get(identity) === starting) this.#guests.delete(identity);
      membrane.close();
      throw thrown;
    }
  }

  /** Has all isolates make instances anew, of the same classes. */
  clear(): void {
    this.#clearings++;
  }

  async #start(identity: string, wanted: Wanted): Promise<Guest> {
    try {
      const membrane = this.#connect(await ops.spawnIsolate(identity), identity, wanted);
      return { membrane, instances: 0, clearings: this.#clearings };
    } catch (thrown) {
      this.#guests.delete(identity);
      throw thrown;
    }
  }

  #connect(link: number, identity: string, wanted: Wanted): Membrane {
    const onEnd = (isIdle: boolean) => {
      if (isIdle) return;
      this.#guests.delete(identity);
      wanted.onEnd();
    };
    return connect(link, { isHost: true, name: wanted.text, onEnd });
  }

  /** Drops the isolate when it was not used for `idle` milliseconds, and starts it again when the instance is used. */
  #watch(instance: object, identity: string, guest: Guest, wanted: Wanted, idle: number): void {
    const weak = new SafeWeakRef(instance);
    let configured: unknown[] | undefined;
    let uses = -1;
    const root: Root = { wake: undefined, configured: (list) => void (configured = list) };
    const adopted = adopt(instance, root);
    const wake = () => {
      root.wake = undefined;
      try {
        guest.membrane = this.#connect(ops.respawnIsolate(identity), identity, wanted);
        guest.membrane.loadNow(adopted, wanted.kind, wanted.text, wanted.config, false, configured);
      } catch (thrown) {
        wanted.onEnd();
        throw thrown;
      }
      look();
    };
    const look = () => void core.createSystemTimer(check, MathMax(idle, 1), false);
    const check = () => {
      const { membrane } = guest;
      const current = weak.deref();
      if (membrane.hasEnded || current === undefined) return;
      if (membrane.uses !== uses || guest.instances > 1 || !membrane.isOnly(current)) {
        uses = membrane.uses;
        return look();
      }
      root.wake = wake;
      membrane.drop();
    };
    look();
  }
}
