// One end of a link: what this side holds of the other, and the messages between them.
//
// In: messages of the other side, values of this one. Out: the reverse. Side effects: calls of own objects.
//
// The two ends differ in one thing: a host takes nothing on trust that a guest sends, and gives it less.

import { core, primordials } from "ext:core/mod.js";
import { reportedEnd } from "ext:prizm/isolate/ended.ts";
import { calledBy, captureCaller, ErrorClasses } from "ext:prizm/isolate/errors.ts";
import { pack, read } from "ext:prizm/isolate/messages.ts";
import * as protocol from "ext:prizm/isolate/protocol.ts";
import { listOf, ProtocolError, type Wire } from "ext:prizm/isolate/protocol.ts";
import { functionOf, methodOf, serve } from "ext:prizm/isolate/serve.ts";
import { Signals } from "ext:prizm/isolate/signals.ts";
import type { Unbound } from "ext:prizm/isolate/proxy.ts";
import { Waits } from "ext:prizm/isolate/waits.ts";
import { Exports, type Imported, importedOf, Imports } from "ext:prizm/isolate/tables.ts";
import { forget } from "ext:prizm/isolate/transfer.ts";

const {
  ArrayPrototypePush,
  Error,
  PromisePrototypeThen,
  PromiseResolve,
  RangeError,
  ReflectApply,
} = primordials as any;

export interface MembraneOptions {
  isHost: boolean;
  /** The other side, for messages: an identifier. */
  name: string;
  /** `isIdle`: it was dropped, and may come back. */
  onEnd?(isIdle: boolean): void;
}

export class Membrane {
  readonly isHost: boolean;
  readonly name: string;
  readonly exports = new Exports();
  readonly imports: Imports;
  readonly signals: Signals;
  readonly errorClasses = new ErrorClasses();
  readonly #wire: Wire;
  readonly #onEnd: ((isIdle: boolean) => void) | undefined;
  readonly #waits: Waits;
  #depth = 0;
  #released: number[] | undefined;
  #ended: (() => Error) | undefined;
  #adopted: Unbound | undefined;
  /** How many messages have come or gone, to tell whether it is in use. */
  uses = 0;

  constructor(wire: Wire, { isHost, name, onEnd }: MembraneOptions) {
    this.#wire = wire;
    this.isHost = isHost;
    this.name = name;
    this.#onEnd = onEnd;
    this.#waits = new Waits((isWaiting) => this.#ended ?? wire.ref(isWaiting));
    this.imports = new Imports(this, (gone) => this.#release(gone));
    this.signals = new Signals((...body) => this.post(...body));
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Whether answers of the other side are awaited. */
  get isWaiting(): boolean {
    return this.#waits.isWaiting;
  }

  // ------------------------------------------------------------------ sending

  /** Asks the other side, and waits for what it answers. */
  request(operation: number, id: number, key?: unknown, value?: unknown): any[] {
    if (this.#depth >= protocol.DEEPEST_CALL) throw new RangeError("Maximum call stack size exceeded");
    const message = pack(this, protocol.CALL, [operation, id, key, value]);
    this.#depth++;
    let reply;
    try {
      reply = this.#exchange(message);
    } finally {
      this.#depth--;
    }
    const body = this.#unpack(reply);
    if (body[0] === protocol.THREW) throw calledBy(captureCaller(), body[1]);
    return body;
  }

  #exchange(message: Uint8Array): Uint8Array {
    let next = this.#send("call", message)!;
    // While this side waits, the other may call it.
    while (next[0] === protocol.CALL) next = this.#send("call", this.#answer(next)!)!;
    if (next[0] !== protocol.REPLY) throw this.#violated(new ProtocolError("a reply is needed"));
    return next;
  }

  /** Calls a function that gives a promise. */
  callLater(operation: number, id: number, self: unknown, list: unknown[]): Promise<unknown> {
    return this.#waits.call((call) => this.post(operation, call, id, self, list));
  }

  /** Calls the function that a guest has from the start. */
  load(...list: unknown[]): Promise<any> {
    return this.callLater(protocol.CALL_ASYNC, protocol.LOADER, undefined, list);
  }

  /** The same, waiting for it. What comes gets `adopted` as its stand-in. */
  loadNow(adopted: Unbound, ...list: unknown[]): void {
    this.#adopted = adopted;
    const instance = this.request(protocol.LOAD, protocol.LOADER, undefined, list)[1];
    if (instance !== adopted.proxy) throw this.#violated(new ProtocolError("an instance is needed"));
  }

  takeAdopted(): Unbound | undefined {
    const adopted = this.#adopted;
    this.#adopted = undefined;
    return adopted;
  }

  post(...body: unknown[]): void {
    this.#send("post", pack(this, protocol.POST, body));
  }

  #send(how: "post" | "call", message: Uint8Array): Uint8Array | undefined {
    if (this.#ended !== undefined) throw this.#ended();
    this.uses++;
    try {
      return this.#wire[how](message) as Uint8Array | undefined;
    } catch (thrown) {
      this.end(reportedEnd(this.name, thrown));
      throw this.#ended!();
    }
  }

  /** Posts what nobody waits for; where it does not go, the other side has ended. */
  #postQuietly(...body: unknown[]): void {
    try {
      this.post(...body);
    } catch {
      // Who needs it is told by `end`.
    }
  }

  /** Hands a settled result over; what cannot cross is an error there. */
  #settle(operation: number, id: unknown, isFulfilled: boolean, value: unknown): void {
    if (this.#ended !== undefined) return;
    try {
      this.post(operation, id, isFulfilled, value);
    } catch (thrown) {
      this.#postQuietly(operation, id, false, toError(thrown));
    }
  }

  // ---------------------------------------------------------------- receiving

  /** Takes a message that came while this side was not waiting. */
  receive(message: Uint8Array): void {
    this.uses++;
    switch (message[0]) {
      case protocol.POST:
        try {
          this.#handle(message);
        } catch (thrown) {
          this.#violated(thrown);
        }
        return;
      case protocol.CALL: {
        if (this.#ended === undefined) this.#reply(this.#answer(message));
        return;
      }
      case protocol.END:
        return this.end(reportedEnd(this.name, message));
      default:
        // A reply that nobody asked for.
        return;
    }
  }

  #reply(reply: Uint8Array | undefined): void {
    if (reply === undefined) return;
    try {
      this.#send("post", reply);
    } catch {
      // Nobody waits any more.
    }
  }

  #unpack(message: Uint8Array): any[] {
    try {
      return read(this, message);
    } catch (thrown) {
      throw this.#violated(thrown);
    }
  }

  /** Ends the link over a message that cannot be read; what to throw. */
  #violated(thrown: unknown): Error {
    this.end(reportedEnd(this.name, thrown));
    this.#wire.close();
    return this.#ended!();
  }

  /** The reply to a call; `undefined` if it comes later. */
  #answer(message: Uint8Array): Uint8Array | undefined {
    this.#depth++;
    try {
      if (this.#depth > protocol.DEEPEST_CALL) throw new RangeError("Maximum call stack size exceeded");
      const body = read(this, message);
      if (body[0] === protocol.LOAD && !this.isHost && this.#depth === 1) return this.#loadForHost(body);
      return pack(this, protocol.REPLY, serve(this.isHost, body[0], this.exports.get(body[1]), body[2], body[3]));
    } catch (thrown) {
      return this.#refusal(thrown);
    } finally {
      this.#depth--;
    }
  }

  #loadForHost(body: any[]): undefined {
    const promise = ReflectApply(this.exports.get(protocol.LOADER), undefined, listOf(body[3]));
    PromisePrototypeThen(
      promise,
      (value: unknown) => this.#reply(pack(this, protocol.REPLY, [protocol.RETURNED, value])),
      (thrown: unknown) => this.#reply(this.#refusal(thrown)),
    );
  }

  #refusal(thrown: unknown): Uint8Array {
    try {
      return pack(this, protocol.REPLY, [protocol.THREW, thrown]);
    } catch (unsent) {
      return pack(this, protocol.REPLY, [protocol.THREW, toError(unsent)]);
    }
  }

  #handle(message: Uint8Array): void {
    if (this.#ended !== undefined) return;
    const body = this.#unpack(message);
    switch (body[0]) {
      case protocol.CALL_ASYNC:
      case protocol.INVOKE_ASYNC:
        return this.#run(body);
      case protocol.SETTLE:
        return this.#waits.settleCall(body);
      case protocol.RESOLVE:
        return this.#waits.settlePromise(body);
      case protocol.ABORT:
        return this.signals.settle(body[1], body[2] === true, body[3]);
      case protocol.RELEASE: {
        const list = listOf(body[1]);
        for (let index = 0; index + 1 < list.length; index += 2) this.exports.release(list[index], list[index + 1]);
        return;
      }
      default:
        throw this.#violated(new ProtocolError("an operation of no known kind"));
    }
  }

  /** Does a call whose caller does not wait. */
  #run(body: any[]): void {
    const call = body[1];
    let result: any;
    try {
      const object = this.exports.get(body[2]);
      result = body[0] === protocol.INVOKE_ASYNC
        ? ReflectApply(methodOf(object, body[3], this.isHost), object, listOf(body[4]))
        : ReflectApply(functionOf(object), body[3], listOf(body[4]));
    } catch (thrown) {
      return this.#settle(protocol.SETTLE, call, false, thrown);
    }
    if (core.isPromise(result)) this.#report(protocol.SETTLE, call, result);
    else this.#settle(protocol.SETTLE, call, true, result);
  }

  #report(operation: number, id: unknown, promise: Promise<unknown>): void {
    PromisePrototypeThen(
      promise,
      (value: unknown) => this.#settle(operation, id, true, value),
      (thrown: unknown) => this.#settle(operation, id, false, thrown),
    );
  }

  // --------------------------------------------------------------- references

  /** Tells the other side what comes of `promise`. */
  watch(id: number, promise: Promise<unknown>): void {
    this.#report(protocol.RESOLVE, id, promise);
  }

  /** The local promise for one of the other side. */
  promise(id: unknown): object {
    const known = this.imports.take(id as number, protocol.PROMISE);
    if (known !== undefined) return known;
    const promise = this.#waits.promise(id);
    this.imports.add(id, protocol.PROMISE, 0, promise);
    return promise;
  }

  /** Moves a buffer to the other side; `undefined` for one that has to be copied. */
  give(buffer: ArrayBuffer): number | undefined {
    forget(buffer);
    try {
      return this.#wire.give(buffer);
    } catch {
      return undefined;
    }
  }

  takeBuffer(number: unknown): ArrayBuffer {
    if (typeof number !== "number") throw new ProtocolError("a number is needed");
    return this.#wire.take(number);
  }

  #release({ id, count }: Imported): void {
    if (this.#ended !== undefined) return;
    if (this.isHost && this.imports.size + this.exports.size === 0 && !this.isWaiting) {
      // Neither side has anything of the other any more.
      this.end(reportedEnd(this.name, { reason: "closed", message: "nobody used it any more" }));
      return this.#wire.close();
    }
    if (this.#released === undefined) {
      this.#released = [];
      PromisePrototypeThen(PromiseResolve(undefined), () => {
        const list = this.#released;
        this.#released = undefined;
        this.#postQuietly(protocol.RELEASE, list);
      });
    }
    ArrayPrototypePush(this.#released, id, count);
  }

  /** Fails all that waits, and all that comes, with the error that `makeError` makes. */
  end(makeError: () => Error, isIdle = false): void {
    if (this.#ended !== undefined) return;
    this.#ended = makeError;
    this.exports.clear();
    this.#waits.fail(makeError);
    this.#onEnd?.(isIdle);
  }

  close(): void {
    this.#wire.close();
  }

  /** Whether nobody here has more of the other side than `root` and its methods, nor the other side anything of this. */
  isOnly(root: object): boolean {
    const methods = importedOf(root)?.methods?.size ?? 0;
    return !this.isWaiting && this.exports.size === 0 && this.imports.size <= 1 + methods;
  }

  /** Ends it for being idle. */
  drop(): void {
    this.end(reportedEnd(this.name, { reason: "idle", message: "it was dropped as idle" }), true);
    this.#wire.close();
  }
}

function toError(thrown: unknown): Error {
  try {
    return new Error((thrown as Error).message);
  } catch {
    return new Error("It cannot be told what was thrown");
  }
}
