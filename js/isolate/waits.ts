// What this side waits for: answers to calls, and promises of the other side.

import { primordials } from "ext:core/mod.js";
import { calledBy, type Caller, captureCaller } from "ext:prizm/isolate/errors.ts";

const { ArrayPrototypePush, Promise, SafeMap } = primordials as any;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** Who waits, for the stacks of errors. */
  caller: Caller | undefined;
}

/** `notify` is told when something is awaited from now on, or nothing any more. */
export class Waits {
  readonly #calls = new SafeMap() as Map<unknown, Waiting>;
  readonly #promises = new SafeMap() as Map<unknown, Waiting>;
  readonly #notify: (isWaiting: boolean) => void;
  #wasWaiting = false;
  #nextCall = 1;

  constructor(notify: (isWaiting: boolean) => void) {
    this.#notify = notify;
  }

  get isWaiting(): boolean {
    return this.#calls.size + this.#promises.size > 0;
  }

  /** A promise for the answer to the call that `post` makes under the number that it is given. */
  call(post: (call: number) => void): Promise<unknown> {
    const caller = captureCaller();
    return new Promise((resolve: Waiting["resolve"], reject: Waiting["reject"]) => {
      const call = this.#nextCall++;
      post(call);
      this.#calls.set(call, { resolve, reject, caller });
      this.#update();
    });
  }

  /** The local promise for the other side's promise `id`. */
  promise(id: unknown): Promise<unknown> {
    return new Promise((resolve: Waiting["resolve"], reject: Waiting["reject"]) => {
      this.#promises.set(id, { resolve, reject, caller: undefined });
      this.#update();
    });
  }

  /** `body`: operation, number, whether it is fulfilled, the value. What nobody waits for is left alone. */
  settleCall(body: any[]): void {
    this.#settle(this.#calls, body);
  }

  settlePromise(body: any[]): void {
    this.#settle(this.#promises, body);
  }

  /** Rejects everything. */
  fail(makeError: () => Error): void {
    const waiting: Waiting[] = [];
    this.#calls.forEach((one) => ArrayPrototypePush(waiting, one));
    this.#promises.forEach((one) => ArrayPrototypePush(waiting, one));
    this.#calls.clear();
    this.#promises.clear();
    for (let index = 0; index < waiting.length; index++) waiting[index].reject(makeError());
  }

  #settle(table: Map<unknown, Waiting>, body: any[]): void {
    const one = table.get(body[1]);
    if (one === undefined) return;
    table.delete(body[1]);
    if (body[2] === true) one.resolve(body[3]);
    else one.reject(calledBy(one.caller, body[3]));
    this.#update();
  }

  #update(): void {
    if (this.isWaiting === this.#wasWaiting) return;
    this.#wasWaiting = this.isWaiting;
    this.#notify(this.#wasWaiting);
  }
}
