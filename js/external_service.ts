// A service that already runs elsewhere, known by its `http(s)://host:port`.
//
// It can be watched, by HTTP GET, and neither started nor stopped. The requests need the script's net permission.

import type { DockerService, ServiceConfig, ServiceInfo, ServiceStatus } from "prizm";
import type { Inspect } from "ext:prizm/domain.ts";

const REQUEST_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export class ExternalService implements DockerService {
  readonly #base: URL;
  readonly #healthCheck: URL;
  /** Whether the health check was named: then only 2xx is healthy. A bare address need not serve anything at `/`. */
  readonly #isStrict: boolean;

  constructor(url: string, config: ServiceConfig = {}) {
    this.#base = new URL(url);
    this.#isStrict = config.healthCheckUrl !== undefined;
    this.#healthCheck = new URL(config.healthCheckUrl ?? "", this.#base);
  }

  /** Whether it answers: starting it is not up to this program. */
  startService(): Promise<boolean> {
    return this.isServiceRunning();
  }

  stopService(): Promise<boolean> {
    return Promise.resolve(false);
  }

  restartService(): Promise<boolean> {
    return Promise.resolve(false);
  }

  getServiceStatus(): Promise<ServiceStatus> {
    return this.#check(REQUEST_TIMEOUT_MS);
  }

  async isServiceHealthy(): Promise<boolean> {
    return (await this.getServiceStatus()).health === "healthy";
  }

  async isServiceRunning(): Promise<boolean> {
    return (await this.getServiceStatus()).running;
  }

  async waitForHealthy(timeoutMs = 120_000): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    let pause = FIRST_PAUSE_MS;
    while (true) {
      const left = Math.max(deadline - performance.now(), 1);
      if ((await this.#check(Math.min(left, REQUEST_TIMEOUT_MS))).health === "healthy") {
        return true;
      }
      const rest = deadline - performance.now();
      if (rest <= 0) {
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(pause, rest)));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  getDockerComposeService(): null {
    return null;
  }

  getServiceInfo(): ServiceInfo {
    return {
      containerName: "",
      dockerImage: "",
      ports: [Number(this.#base.port || (this.#base.protocol === "https:" ? 443 : 80))],
      composeService: "",
      composeFile: "",
      healthCheckUrl: this.#healthCheck.href,
      network: "",
      serviceDirectory: "",
      baseUrl: this.#base.href.replace(/\/$/, ""),
    };
  }

  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: Inspect): string {
    return `ExternalService ${inspect({ url: this.#base.href, healthCheckUrl: this.#healthCheck.href }, options)}`;
  }

  async #check(timeoutMs: number): Promise<ServiceStatus> {
    let response: Response;
    try {
      response = await fetch(this.#healthCheck, { signal: AbortSignal.timeout(Math.ceil(timeoutMs)) });
    } catch (error) {
      if (error instanceof Error && ["NotCapable", "PermissionDenied"].includes(error.name)) {
        throw error;
      }
      return { running: false, health: "unhealthy", state: "unreachable" };
    }
    await response.body?.cancel();
    const isHealthy = this.#isStrict ? response.ok : response.status < 500;
    return { running: true, health: isHealthy ? "healthy" : "unhealthy", state: "running" };
  }
}
