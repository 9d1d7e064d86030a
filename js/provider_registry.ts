// The registry of providers, `getProvider`, and the search by capability.

import type {
  FindProviderOptions,
  MediaCapability,
  MediaProvider,
  ProviderConstructor,
  RegistryStats,
} from "prizm";
import { MEDIA_PROVIDER } from "ext:prizm/contract.ts";
import { ProviderCreationError, ProviderNotFoundError } from "ext:prizm/errors.ts";
import { staticProviders } from "ext:prizm/ops.ts";
import { rank } from "ext:prizm/ranking.ts";
import type { Inspect } from "ext:prizm/domain.ts";
import type { Entry } from "ext:prizm/instances.ts";
import { Registry } from "ext:prizm/registry.ts";

let isMade = false;

/** Loads what the host program has this isolate run; see `Registry.load`. */
export let loadProviderHere: Registry<MediaProvider>["load"];

export class ProviderRegistry {
  readonly #registry = new Registry<MediaProvider>({
    kind: "provider",
    call: "getProvider",
    otherCall: "getService",
    contract: MEDIA_PROVIDER,
    statics: staticProviders,
    direct: () => undefined,
    noEntry: ({ composeFile, tried }, identifier) => ({
      reason: `no entry point found, tried ${tried.join(", ")}`,
      hints: composeFile === null
        ? ['set "main" in its package.json to the file that exports the provider']
        : [`it has a compose file; for a service, use getService('${identifier}') instead of getProvider`],
    }),
    notFound: (identifier, details) => new ProviderNotFoundError(identifier, details),
    failed: (identifier, reason, details) => new ProviderCreationError(identifier, reason, details),
  });

  static {
    loadProviderHere = (...parts) => instance.#registry.load(...parts);
  }

  constructor() {
    if (isMade) {
      throw new TypeError("There is one ProviderRegistry: call ProviderRegistry.getInstance()");
    }
  }

  static getInstance(): ProviderRegistry {
    return instance;
  }

  register(id: string, constructor: ProviderConstructor): void {
    this.#registry.register(id, constructor);
  }

  getProvider<T extends MediaProvider = MediaProvider>(identifier: string): Promise<T> {
    return this.#registry.get(identifier) as Promise<T>;
  }

  getAvailableProviders(): string[] {
    return this.#registry.ids();
  }

  hasProvider(id: string): boolean {
    return this.#registry.has(id);
  }

  clearCache(): void {
    this.#registry.clear();
  }

  getStats(): RegistryStats {
    return this.#registry.stats();
  }

  async getProvidersByCapability(capability: MediaCapability): Promise<MediaProvider[]> {
    return (await this.#withCapability(capability, [])).map((entry) => entry.instance);
  }

  async findBestProvider(
    capability: MediaCapability,
    options: FindProviderOptions = {},
  ): Promise<MediaProvider | null> {
    const entries = await this.#withCapability(capability, options.excludeProviders ?? []);
    const [best] = await rank(entries.map((entry) => entry.instance), capability, options);
    return best ?? null;
  }

  /** Loads the static providers, except `excluded`, and gives what has `capability` among all that is loaded. */
  async #withCapability(capability: MediaCapability, excluded: readonly string[]): Promise<Entry<MediaProvider>[]> {
    const isExcluded = (name: string) => excluded.includes(name);
    const ids = this.#registry.ids().filter((id) => !isExcluded(id));
    const results = await Promise.allSettled(ids.map((id) => this.#registry.get(id)));
    const failures = results.filter((result) => result.status === "rejected").map((result) => result.reason);

    const entries = this.#registry.entries().filter(({ instance, names }) =>
      instance.capabilities?.includes(capability) && !isExcluded(instance.id) && ![...names].some(isExcluded)
    );
    if (entries.length === 0 && failures.length > 0) {
      throw failures.length === 1
        ? failures[0]
        : new AggregateError(failures, `${failures.length} providers failed to load, and no other has ${capability}`);
    }
    const order = (entry: Entry<MediaProvider>) => {
      const position = ids.findIndex((id) => entry.names.has(id));
      return position === -1 ? ids.length : position;
    };
    return entries.sort((a, b) => order(a) - order(b));
  }

  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: Inspect): string {
    return `ProviderRegistry ${inspect(this.#registry.summary(), options)}`;
  }
}

const instance = new ProviderRegistry();
isMade = true;

export function getProvider<T extends MediaProvider = MediaProvider>(identifier: string): Promise<T> {
  return instance.getProvider<T>(identifier);
}
