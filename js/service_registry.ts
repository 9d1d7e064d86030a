// The registry of services, and `getService`.

import type { DockerService, RegistryStats, ServiceConfig, ServiceConstructor } from "prizm";
import { DOCKER_SERVICE } from "ext:prizm/contract.ts";
import { ServiceCreationError, ServiceNotFoundError } from "ext:prizm/errors.ts";
import { ExternalService } from "ext:prizm/external_service.ts";
import type { Inspect } from "ext:prizm/domain.ts";
import { Registry } from "ext:prizm/registry.ts";

let isMade = false;

/** Loads what the host program has this isolate run; see `Registry.load`. */
export let loadServiceHere: Registry<DockerService>["load"];

export class ServiceRegistry {
  readonly #registry = new Registry<DockerService>({
    kind: "service",
    call: "getService",
    otherCall: "getProvider",
    contract: DOCKER_SERVICE,
    statics: () => ({}),
    direct: (identifier, kind, config) =>
      kind === "http" ? new ExternalService(identifier, config as ServiceConfig | undefined) : undefined,
    noEntry: ({ composeFile, tried }) => ({
      reason: composeFile === null
        ? `no entry point and no compose file found, tried ${tried.join(", ")}`
        : `'${composeFile}' is a Docker Compose project without code, which this version cannot start`,
      hints: composeFile === null
        ? ['set "main" in its package.json to the file that exports the service']
        : ["start it yourself, then: getService('http://localhost:<port>')"],
    }),
    notFound: (identifier, details) => new ServiceNotFoundError(identifier, details),
    failed: (identifier, reason, details) => new ServiceCreationError(identifier, reason, details),
  });

  static {
    loadServiceHere = (...parts) => instance.#registry.load(...parts);
  }

  constructor() {
    if (isMade) {
      throw new TypeError("There is one ServiceRegistry: call ServiceRegistry.getInstance()");
    }
  }

  static getInstance(): ServiceRegistry {
    return instance;
  }

  register(id: string, constructor: ServiceConstructor): void {
    this.#registry.register(id, constructor);
  }

  getService<T extends DockerService = DockerService>(identifier: string, config?: ServiceConfig): Promise<T> {
    return this.#registry.get(identifier, config) as Promise<unknown> as Promise<T>;
  }

  getAvailableServices(): string[] {
    return this.#registry.ids();
  }

  hasService(id: string): boolean {
    return this.#registry.has(id);
  }

  clearCache(): void {
    this.#registry.clear();
  }

  getStats(): RegistryStats {
    return this.#registry.stats();
  }

  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: Inspect): string {
    return `ServiceRegistry ${inspect(this.#registry.summary(), options)}`;
  }
}

const instance = new ServiceRegistry();
isMade = true;

export function getService<T extends DockerService = DockerService>(
  identifier: string,
  config?: ServiceConfig,
): Promise<T> {
  return instance.getService<T>(identifier, config);
}
