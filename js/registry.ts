// What both registries do: constructors by static id, instances by identity, one load at a time for each.
//
// identifier -> static id? -> alias of prizm.json? -> repository (fetched by the host) -> module -> instance
//
// Side effects: loads repositories and runs their modules. A failed load leaves nothing behind.

import type { RegistryStats } from "prizm";
import { core } from "ext:core/mod.js";
import { follow, hintsForUnknown } from "ext:prizm/aliases.ts";
import { describeGaps, findGaps, isComplete, isConstructor, kindOf } from "ext:prizm/contract.ts";
import { type Domain, hintFor, type Kind, type Repository } from "ext:prizm/domain.ts";
import { reasonOf } from "ext:prizm/errors.ts";
import { type Entry, Instances } from "ext:prizm/instances.ts";
import type { Isolates } from "ext:prizm/isolate/host.ts";
import { type Evaluated, type Evaluation, Evaluations } from "ext:prizm/evaluation.ts";
import { Once } from "ext:prizm/once.ts";
import * as ops from "ext:prizm/ops.ts";
import { unwrap } from "ext:prizm/unwrap.ts";

const loadIsolates = core.createLazyLoader("ext:prizm/isolate/host.ts");

type Constructor<T> = new (config?: any) => T;

/** What is asked for: the text as given, the texts that mean the same, and the constructor's argument. */
interface Request {
  text: string;
  kind: Kind;
  names: string[];
  config: unknown;
  /** The repository that asks while it is itself being loaded. */
  asker: Evaluation | undefined;
}

export interface LoadOptions {
  config: unknown;
  isFresh: boolean;
}

export class Registry<T extends object> {
  readonly #domain: Domain<T>;
  readonly #constructors = new Map<string, Constructor<T>>();
  readonly #instances = new Instances<T>();
  readonly #repositories = new Once<Repository>();
  readonly #modules = new Once<Evaluated>();
  readonly #evaluations = new Evaluations();
  /** Made when the first repository needs it. */
  #isolates: Isolates | undefined;
  /** Identities of repositories that offer a registered id in the place of an export. */
  readonly #selfRegistered = new Map<string, string>();

  constructor(domain: Domain<T>) {
    this.#domain = domain;
  }

  register(id: string, constructor: Constructor<T>): void {
    if (typeof id !== "string" || id.trim() === "") {
      throw new TypeError("register(id, constructor): the id must be a string that is not empty");
    }
    if (!isConstructor(constructor)) {
      throw new TypeError(`register('${id}', constructor): a class is needed, found ${kindOf(constructor)}`);
    }
    if (this.#constructors.get(id) !== constructor) {
      this.#instances.drop(staticIdentity(id));
    }
    this.#constructors.set(id, constructor);
    this.#evaluations.note(id);
  }

  /** Registered ids first, then those of prizm.json. */
  ids(): string[] {
    return [...new Set([...this.#constructors.keys(), ...Object.keys(this.#domain.statics())])];
  }

  has(text: string): boolean {
    return this.ids().includes(text) || this.entries().some((entry) => entry.names.has(text));
  }

  entries(): Entry<T>[] {
    return this.#instances.entries();
  }

  /** What `console.log` of a registry shows. */
  summary(): { available: string[]; loaded: string[] } {
    return { available: this.ids(), loaded: this.entries().map((entry) => entry.identity) };
  }

  clear(): void {
    this.#instances.clear();
    this.#repositories.clear();
    this.#modules.clear();
    this.#isolates?.clear();
  }

  stats(): RegistryStats {
    const byKind = { static: 0, github: 0, git: 0, npm: 0, file: 0, http: 0 };
    for (const entry of this.entries()) {
      byKind[entry.kind] += 1;
    }
    return {
      registered: this.#constructors.size,
      cached: this.#instances.size,
      loading: this.#repositories.running + this.#modules.running,
      byKind,
    };
  }

  /**
   * The instance that `text` names. `config` is the constructor's argument: instances are told apart by it, and
   * without it any instance will do.
   */
  async get(text: string, config?: unknown): Promise<T> {
    if (typeof text !== "string") {
      throw new TypeError(`${this.#domain.call}(identifier): a string is needed, found ${kindOf(text)}`);
    }
    const asker = this.#evaluations.asker();
    const target = this.#target(text);
    if (this.#constructors.has(target)) {
      return this.#fromConstructor(target, { text, kind: "static", names: [text, target], config, asker });
    }
    const { kind, identifier } = this.#read(target, text);
    if (kind === "static") {
      throw this.#domain.notFound(target, { hints: this.#hintsFor(target, text) });
    }
    const request = { text, kind, names: [text, target, identifier], config, asker };
    return this.#fromDirect(identifier, request) ?? await this.#fromRepository(identifier, request);
  }

  #read(target: string, text: string): { kind: Kind; identifier: string } {
    try {
      return { kind: ops.identifierKind(target), identifier: ops.canonicalIdentifier(target) };
    } catch (thrown) {
      throw this.#failure(thrown, text);
    }
  }

  #target(text: string): string {
    const found = follow(text, this.#aliases(), (id) => this.#constructors.has(id));
    if (typeof found === "string") return found;
    throw this.#domain.failed(text, `prizm.json defines it in a circle: ${found.circle.join(" -> ")}`, {});
  }

  /** What a name stands for, by prizm.json: static ids of this domain, and short names for any identifier. */
  #aliases(): Record<string, string> {
    return { ...ops.aliases(), ...this.#domain.statics() };
  }

  #hintsFor(id: string, text: string): string[] {
    const names = [...new Set([...this.ids(), ...Object.keys(this.#aliases())])];
    return hintsForUnknown(id, text, { names, call: this.#domain.call });
  }

  #fromConstructor(id: string, request: Request): T {
    const identity = staticIdentity(id);
    const found = this.#instances.find(identity, request);
    if (found !== undefined) {
      return found;
    }
    const constructor = this.#constructors.get(id)!;
    const { config } = request;
    let instance;
    try {
      instance = config === undefined ? new constructor() : new constructor(config);
    } catch (thrown) {
      throw this.#failure(thrown, request.text);
    }
    const { contract } = this.#domain;
    const gaps = findGaps(instance, contract);
    if (!isComplete(gaps)) {
      const reason = `the class registered as '${id}' makes no ${contract.name}: ${describeGaps(gaps)}`;
      throw this.#domain.failed(request.text, reason, { hints: [hintFor(contract)] });
    }
    return this.#instances.keep(instance, identity, { ...request, kind: "static" });
  }

  #fromDirect(identifier: string, request: Request): T | undefined {
    const found = this.#instances.find(identifier, request);
    if (found !== undefined) {
      return found;
    }
    try {
      const instance = this.#domain.direct(identifier, request.kind, request.config);
      return instance === undefined ? undefined : this.#instances.keep(instance, identifier, request);
    } catch (thrown) {
      throw this.#failure(thrown, request.text);
    }
  }

  async #fromRepository(identifier: string, asked: Request): Promise<T> {
    const repository = await this.#attempt(asked, () =>
      this.#repositories.run(identifier, () => ops.loadRepository(this.#domain.kind, identifier)));
    const { identity } = repository;
    const request = { ...asked, names: [...asked.names, identity, repository.identifier] };

    const known = this.#known(identity, request);
    if (known !== undefined) {
      return known;
    }
    let instance;
    try {
      instance = repository.isolated
        ? await this.#fromIsolate(repository, request)
        : await this.#fromHere(repository, request);
    } catch (thrown) {
      // The next call looks again: a file may have been written meanwhile.
      this.#repositories.forget(identifier);
      throw thrown;
    }
    return instance;
  }

  /**
   * The instance of a repository that the host program has this isolate run; another one than before if `isFresh`.
   * `text` is what was asked for.
   *
   * @throws what `get` throws
   */
  async load(repository: Repository, text: string, { config, isFresh }: LoadOptions): Promise<T> {
    const { identity, identifier } = repository;
    if (isFresh) this.#instances.drop(identity);
    const { kind } = this.#read(identifier, text);
    const request = { text, kind, names: [text, identity, identifier], config, asker: undefined };
    return this.#known(identity, request) ?? await this.#fromHere(repository, request);
  }

  async #fromHere(repository: Repository, request: Request): Promise<T> {
    const module = await this.#runModule(repository, request);
    // Another caller may have come first while the module ran.
    return this.#known(repository.identity, request) ?? this.#fromModule(module, repository.identity, request);
  }

  async #fromIsolate(repository: Repository, request: Request): Promise<T> {
    const { identity, entry } = repository;
    const { text, config } = request;
    if (entry === null) throw this.#noEntry(repository, text);
    try {
      this.#isolates ??= new (loadIsolates().Isolates)() as Isolates;
      const onEnd = () => this.#instances.drop(identity);
      const instance = await this.#isolates.load(repository, { kind: this.#domain.kind, text, config, onEnd });
      return this.#known(identity, request) ?? this.#instances.keep(instance as T, identity, request);
    } catch (thrown) {
      const failure = this.#failure(thrown, text);
      // It failed there as it would have failed here, and says so.
      throw thrown instanceof failure.constructor ? thrown : failure;
    }
  }

  #noEntry(repository: Repository, text: string): Error {
    const { reason, hints } = this.#domain.noEntry(repository, text);
    return this.#domain.failed(text, reason, { hints });
  }

  #runModule(repository: Repository, request: Request): Promise<Evaluated> {
    const { identity, entry } = repository;
    const { text, asker } = request;
    if (entry === null) throw this.#noEntry(repository, text);
    const circle = (path: string[]) =>
      new Error(`repositories wait for each other while they load: ${path.join(" -> ")}`);
    return this.#attempt(request, () =>
      this.#evaluations.wait(asker, identity, circle, () =>
        this.#modules.run(identity, () => this.#evaluations.run(repository))));
  }

  /** The instance of a repository whose module has run before. */
  #known(identity: string, request: Request): T | undefined {
    const id = this.#selfRegistered.get(identity);
    return id === undefined ? this.#instances.find(identity, request) : this.#fromConstructor(id, request);
  }

  #fromModule({ namespace, ids }: Evaluated, identity: string, request: Request): T {
    const { call, otherCall, contract } = this.#domain;
    const { text, config } = request;
    const result = unwrap<T>(namespace, contract, { argument: config, mayGuess: ids.length === 0 });
    if ("instance" in result) {
      return this.#instances.keep(result.instance, identity, request);
    }
    if (ids.length === 0) {
      const hints = result.isMixedUp
        ? [`use ${otherCall}('${text}') instead of ${call}`]
        : result.cause === undefined
        ? [hintFor(contract)]
        : [];
      throw this.#domain.failed(text, result.reason, { cause: result.cause, hints });
    }
    const instance = this.#fromConstructor(ids[0], request);
    this.#selfRegistered.set(identity, ids[0]);
    return instance;
  }

  async #attempt<V>(request: Request, work: () => Promise<V>): Promise<V> {
    try {
      return await work();
    } catch (thrown) {
      throw this.#failure(thrown, request.text);
    }
  }

  #failure(thrown: unknown, text: string): Error {
    ops.trimStack(thrown);
    return this.#domain.failed(text, reasonOf(thrown), { cause: thrown });
  }
}

function staticIdentity(id: string): string {
  return `static:${id}`;
}
