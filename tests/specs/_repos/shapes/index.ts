// A provider with members of every shape, for the cases that look at what crosses between isolates.
import { EventEmitter, once } from "node:events";
import { ProviderNotFoundError } from "prizm";

export class RateLimitError extends TypeError {
  retryAfter = 5;
  headers = new Map([["x-limit", 10]]);
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RateLimitError";
  }
}

class Base extends EventEmitter {
  inherited() {
    return `inherited by ${this.constructor.name}`;
  }
}

class Model extends Base {
  static kinds = ["image"];
  static make(id: string) {
    return new this(id);
  }
  #uses = 0;
  constructor(readonly id: string) {
    super();
  }
  get uses() {
    return this.#uses;
  }
  set uses(value: number) {
    this.#uses = value;
  }
  use() {
    return ++this.#uses;
  }
  async transform(asset: any, options: any = {}) {
    options.onProgress?.(0.5);
    this.emit("progress", 1);
    return { asset, model: this };
  }
  toJSON() {
    return { id: this.id, uses: this.#uses };
  }
}

class Provider {
  id = "shapes";
  name = "Shapes";
  type = "local" as const;
  capabilities = ["text-to-text"];
  models = [{ id: "one", name: "One", capabilities: ["text-to-text"], parameters: {} }];
  config: any = null;
  Model = Model;
  model = new Model("first");
  literal = {
    count: 1,
    next() {
      return ++this.count;
    },
    get double() {
      return this.count * 2;
    },
  };
  frozen = Object.freeze({ a: 1, list: Object.freeze([1, 2]) });
  bare = Object.assign(Object.create(null), { q: 1 });
  token = Symbol("token");
  [Symbol.for("shapes.registered")] = "registered";
  reactive = new Proxy({ seen: 0 }, {
    get: (target: any, key) => key === "seen" ? ++target.seen : target[key],
  });
  thenable = { then: (resolve: (value: number) => void) => resolve(42) };
  values = new Map<any, any>([["k", { nested: [1n, new Date(0), /x/g] }]]);
  registry = new (class Registry extends Map<string, number> {
    total() {
      return [...this.values()].reduce((sum, value) => sum + value, 0);
    }
  })([["a", 1], ["b", 2]]);

  async configure(config: any) {
    this.config = config;
  }
  async isAvailable() {
    return true;
  }
  getModelsForCapability(capability: string) {
    return this.models.filter((model) => model.capabilities.includes(capability));
  }
  async getModel(id: string) {
    if (id === "none") throw new RateLimitError("slow down", { cause: new RangeError("too many") });
    return this.model;
  }
  async getHealth() {
    return { status: "healthy" as const };
  }

  echo(value: any) {
    return value;
  }
  async later(value: any) {
    return value;
  }
  promise(value: any) {
    return Promise.resolve(value);
  }
  isMe(value: any) {
    return value === this;
  }
  isToken(value: any) {
    return value === this.token;
  }
  call(callback: (...list: any[]) => any, ...list: any[]) {
    return callback(...list);
  }
  about(value: any) {
    return `${Object.prototype.toString.call(value)} ${value?.constructor?.name}`;
  }
  isA(value: any, name: string) {
    return value instanceof (globalThis as any)[name];
  }
  text(value: any) {
    return JSON.stringify(value);
  }
  fail(kind: string) {
    if (kind === "prizm") throw new ProviderNotFoundError("nothing");
    if (kind === "aggregate") throw new AggregateError([new TypeError("a"), "b"], "many");
    if (kind === "dom") throw new DOMException("stop", "AbortError");
    if (kind === "text") throw "just a text";
    const error: any = new RateLimitError("slow down", { cause: new RangeError("too many") });
    error.self = error;
    throw error;
  }
  *numbers() {
    const got = yield 1;
    yield got;
    return 3;
  }
  async *words(list: string[]) {
    for (const word of list) yield word.toUpperCase();
  }
  async collect(source: AsyncIterable<any>) {
    const list = [];
    for await (const item of source) list.push(item);
    return list;
  }
  stream(count: number) {
    let at = 0;
    return new ReadableStream({
      pull(controller) {
        if (at === count) controller.close();
        else controller.enqueue(new Uint8Array([at++]));
      },
      cancel: (reason) => void (this.cancelled = reason),
    }, { highWaterMark: 0 });
  }
  cancelled: any = undefined;
  bytes() {
    const list = [1, 2, 3];
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        const next = list.shift();
        if (next === undefined) return controller.close();
        controller.enqueue(new Uint8Array([next]));
      },
    } as any);
  }
  upper() {
    return new TransformStream({ transform: (chunk, controller) => controller.enqueue(String(chunk).toUpperCase()) });
  }
  written: any[] = [];
  sink() {
    return new WritableStream({ write: (chunk) => void this.written.push(chunk), close: () => void this.written.push("end") });
  }
  async waitFor(signal: AbortSignal) {
    if (!signal.aborted) await once(signal, "abort");
    return { isSignal: signal instanceof AbortSignal, reason: String(signal.reason) };
  }
  controller = new AbortController();
  get signal() {
    return this.controller.signal;
  }
  sum(view: Uint8Array) {
    return view.reduce((sum, byte) => sum + byte, 0);
  }
  started = crypto.randomUUID();
  #made: WeakRef<object>[] = [];
  make(count: number) {
    const models = Array.from({ length: count }, (_, at) => new Model(String(at)));
    this.#made = models.map((model) => new WeakRef(model));
    return models;
  }
  /** How many of the models last made are still there. */
  alive() {
    (globalThis as any).gc?.();
    return this.#made.filter((model) => model.deref() !== undefined).length;
  }
  end() {
    setTimeout(() => process.exit(3), 200);
    return new Promise(() => {});
  }
  recurse(callback: (n: number) => number, n: number): number {
    return callback(n + 1);
  }
}

export default new Provider();
