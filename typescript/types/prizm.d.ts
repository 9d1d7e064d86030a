// Types of the built-in module `prizm` and of the global `Prizm`. `prizm types` prints this file.
//
// In an editor: `prizm types > prizm.d.ts`, then name the file in tsconfig.json ("files" or "include"),
// or start a script with `/// <reference path="./prizm.d.ts" />`.
//
// What comes with the runtime but is not Prizm's own is typed by its usual packages:
//   Node (`node:*`, process, Buffer, require)   npm i -D @types/node
//   Deno (`Deno.*`)                             npm i -D @types/deno
//   Web (fetch, URL, streams)                   "lib": ["ESNext", "DOM"] in tsconfig.json, or either package above

declare module "prizm" {
  // ------------------------------------------------------------------ media

  /** Every kind of transformation a provider can offer, by key: `MediaCapability.TEXT_TO_IMAGE`. */
  export const MediaCapability: {
    readonly TEXT_TO_TEXT: "text-to-text";
    readonly TEXT_TO_IMAGE: "text-to-image";
    readonly IMAGE_TO_IMAGE: "image-to-image";
    readonly IMAGE_TO_TEXT: "image-to-text";
    readonly TEXT_TO_VIDEO: "text-to-video";
    readonly IMAGE_TO_VIDEO: "image-to-video";
    readonly VIDEO_TO_VIDEO: "video-to-video";
    readonly VIDEO_TO_IMAGE: "video-to-image";
    readonly VIDEO_TO_AUDIO: "video-to-audio";
    readonly TEXT_TO_AUDIO: "text-to-audio";
    readonly AUDIO_TO_TEXT: "audio-to-text";
    readonly AUDIO_TO_AUDIO: "audio-to-audio";
    readonly TEXT_TO_3D: "text-to-3d";
    readonly IMAGE_TO_3D: "image-to-3d";
  };

  /** One of the fourteen capabilities. The plain string, such as `"text-to-image"`, is the same thing. */
  export type MediaCapability = (typeof MediaCapability)[keyof typeof MediaCapability];

  /** The members of {@link MediaCapability} as types, as an enum has them. */
  export namespace MediaCapability {
    type TEXT_TO_TEXT = "text-to-text";
    type TEXT_TO_IMAGE = "text-to-image";
    type IMAGE_TO_IMAGE = "image-to-image";
    type IMAGE_TO_TEXT = "image-to-text";
    type TEXT_TO_VIDEO = "text-to-video";
    type IMAGE_TO_VIDEO = "image-to-video";
    type VIDEO_TO_VIDEO = "video-to-video";
    type VIDEO_TO_IMAGE = "video-to-image";
    type VIDEO_TO_AUDIO = "video-to-audio";
    type TEXT_TO_AUDIO = "text-to-audio";
    type AUDIO_TO_TEXT = "audio-to-text";
    type AUDIO_TO_AUDIO = "audio-to-audio";
    type TEXT_TO_3D = "text-to-3d";
    type IMAGE_TO_3D = "image-to-3d";
  }

  /** How far a job has come, by key: `JobStatus.RUNNING`. */
  export const JobStatus: {
    readonly PENDING: "pending";
    readonly RUNNING: "running";
    readonly COMPLETED: "completed";
    readonly FAILED: "failed";
    readonly CANCELLED: "cancelled";
  };

  /** How far a job has come. The plain string, such as `"running"`, is the same thing. */
  export type JobStatus = (typeof JobStatus)[keyof typeof JobStatus];

  /** The members of {@link JobStatus} as types, as an enum has them. */
  export namespace JobStatus {
    type PENDING = "pending";
    type RUNNING = "running";
    type COMPLETED = "completed";
    type FAILED = "failed";
    type CANCELLED = "cancelled";
  }

  // -------------------------------------------------------------- providers

  /** Where a provider does its work: on this machine, or behind somebody's API. */
  export type ProviderType = "local" | "remote";

  /** What a provider is told before it works. Every provider reads the fields that it knows. */
  export interface ProviderConfig {
    /** Key or token of a remote API. */
    apiKey?: string;
    /** Address of the API, where it is not the provider's usual one. */
    baseUrl?: string;
    /** Longest time to wait for one request, in milliseconds. */
    timeout?: number;
    /** How often a failed request is tried again. */
    retries?: number;
    /** Environment variables for what the provider starts. */
    environment?: Record<string, string>;
    /** Image of the container that does the work. */
    dockerImage?: string;
    /** Path of a script that does the work. */
    scriptPath?: string;
    /** The service that it needs: an identifier, a static id, or `http(s)://host:port` of one that runs already. */
    serviceUrl?: string;
    /** Configuration for that service. */
    serviceConfig?: ServiceConfig;
    /** Whether `configure` may start that service. */
    autoStartService?: boolean;
  }

  /** What a model costs. A field that is absent is not known, unless the other one is given. */
  export interface ModelPricing {
    /** Price of one unit of input. */
    inputCost?: number;
    /** Price of one unit of output. */
    outputCost?: number;
    /** ISO 4217 code, such as `"USD"`. */
    currency?: string;
  }

  /** What a model refuses to exceed. */
  export interface ModelLimits {
    /** Largest input, in bytes. */
    maxInputSize?: number;
    /** Largest output, in bytes. */
    maxOutputSize?: number;
    /** Requests per minute. */
    rateLimit?: number;
  }

  /** One model of a provider, as data; {@link MediaProvider.getModel} gives what does the work. */
  export interface ProviderModel {
    /** Unique within the provider. */
    id: string;
    /** For people. */
    name: string;
    /** For people, in a sentence. */
    description?: string;
    /** What it can do. */
    capabilities: MediaCapability[];
    /** The parameters that it takes, by name; their form is the provider's own. */
    parameters: Record<string, any>;
    /** What it costs. Read by {@link ProviderRegistry.findBestProvider}. */
    pricing?: ModelPricing;
    /** What it refuses to exceed. */
    limits?: ModelLimits;
  }

  /** How a provider is doing. */
  export interface ProviderHealth {
    status: "healthy" | "degraded" | "unhealthy";
    /** Milliseconds since it was made or configured. */
    uptime?: number;
    activeJobs?: number;
    queuedJobs?: number;
    /** Message of the last failure. */
    lastError?: string;
  }

  /**
   * Turns media into media. A provider repository exports a class, or an object, of this shape:
   *
   * ```ts
   * import type { MediaProvider, ProviderConfig } from "prizm";
   *
   * export default class Painter implements MediaProvider {
   *   readonly id = "painter";
   *   // ...
   * }
   * ```
   *
   * The class is made with `new Painter()`, without arguments; `configure` brings the rest.
   */
  export interface MediaProvider {
    /** Unique among providers, such as `"replicate"`. */
    readonly id: string;
    /** For people. */
    readonly name: string;
    readonly type: ProviderType;
    /** Everything that at least one of its models can do. */
    readonly capabilities: readonly MediaCapability[];
    /** The models known now; `configure` may add to them. */
    readonly models: readonly ProviderModel[];
    /** Gives the provider its keys, addresses and services. May be called again with other values. */
    configure(config: ProviderConfig): Promise<void>;
    /** Whether it could work now. */
    isAvailable(): Promise<boolean>;
    /** The models that offer `capability`. */
    getModelsForCapability(capability: MediaCapability): ProviderModel[];
    /** The model that does the work; its methods are the provider's own. */
    getModel(id: string): Promise<any>;
    getHealth(): Promise<ProviderHealth>;
  }

  /** A class that makes providers. */
  export type ProviderConstructor = new () => MediaProvider;

  // --------------------------------------------------------------- services

  /** What a service is made with. Every service reads the fields that it knows. */
  export interface ServiceConfig {
    /** Where to ask whether the service works; relative to the service's address. An answer of 2xx is healthy. */
    healthCheckUrl?: string;
    [name: string]: unknown;
  }

  /** State of a service at one moment. */
  export interface ServiceStatus {
    running: boolean;
    /** What its health check says; `"none"` where it has no health check. */
    health: "healthy" | "unhealthy" | "starting" | "none";
    /** The engine's word, such as `"running"` or `"exited"`. A service elsewhere is `"running"` or `"unreachable"`. */
    state: string;
    /** The container, where there is one. */
    containerId?: string;
  }

  /** What a service is and where it can be reached. A service that runs elsewhere leaves empty what it has not. */
  export interface ServiceInfo {
    containerName: string;
    dockerImage: string;
    /** Ports on `localhost`, or on the host of `baseUrl` where that is given. */
    ports: number[];
    composeService: string;
    composeFile: string;
    healthCheckUrl: string;
    network: string;
    serviceDirectory: string;
    /** Address of a service that runs elsewhere, without a trailing slash. */
    baseUrl?: string;
  }

  /** A server that providers need: started, watched and stopped as one thing. */
  export interface DockerService {
    /** Starts it. `false` if it could not be started. */
    startService(): Promise<boolean>;
    /** Stops it. `false` if it could not be stopped. */
    stopService(): Promise<boolean>;
    /** Stops it, then starts it. */
    restartService(): Promise<boolean>;
    getServiceStatus(): Promise<ServiceStatus>;
    isServiceHealthy(): Promise<boolean>;
    isServiceRunning(): Promise<boolean>;
    /**
     * Waits until it is healthy.
     *
     * @param timeoutMs longest wait in milliseconds, 120000 unless given
     * @returns `false` if the time ran out
     */
    waitForHealthy(timeoutMs?: number): Promise<boolean>;
    /** What drives its containers; `null` for a service that runs elsewhere. */
    getDockerComposeService(): DockerComposeService | null;
    getServiceInfo(): ServiceInfo;
  }

  /** A class that makes services. */
  export type ServiceConstructor = new (config?: any) => DockerService;

  /** How a {@link DockerComposeService} finds its service. */
  export interface DockerComposeServiceConfig {
    /** Name of the service in the compose file. */
    serviceName: string;
    /** Relative to `workingDirectory`, or else to the current folder. */
    composeFile: string;
    containerName: string;
    healthCheckUrl?: string;
    workingDirectory?: string;
  }

  /** One service of a compose file. What it does on request succeeds or gives `false`; it does not throw. */
  export interface DockerComposeService {
    start(): Promise<boolean>;
    stop(): Promise<boolean>;
    remove(): Promise<boolean>;
    restart(): Promise<boolean>;
    isServiceRunning(): Promise<boolean>;
    getServiceStatus(): Promise<ServiceStatus>;
    /** @param timeoutMs longest wait in milliseconds, 600000 unless given */
    waitForHealthy(timeoutMs?: number): Promise<boolean>;
    /** @param lines how many of the last lines, 50 unless given */
    getServiceLogs(lines?: number): Promise<string>;
    getConfig(): DockerComposeServiceConfig;
  }

  // ------------------------------------------------------------ identifiers

  /** `github:owner/repo@ref` */
  export interface GithubIdentifier {
    type: "github";
    owner: string;
    repo: string;
    /** Branch, tag, commit or range over tags; `"main"` where the text names none. */
    ref: string;
    /** Folder or file inside the repository, where the text names one. */
    path?: string;
  }

  /** `git+https://host/x.git@ref` */
  export interface GitIdentifier {
    type: "git";
    /** Without the `git+`. */
    url: string;
    ref?: string;
    path?: string;
  }

  /** `npm:name@version` */
  export interface NpmIdentifier {
    type: "npm";
    packageName: string;
    /** Version, range or dist-tag. */
    version: string;
    /** Folder or file inside the package, where the text names one. */
    path?: string;
  }

  /** `file:///path` */
  export interface FileIdentifier {
    type: "file";
    /** Absolute and decoded. */
    path: string;
  }

  /** `https://host/provider.ts`, or the address of a running service. */
  export interface HttpIdentifier {
    type: "http";
    url: string;
  }

  /** A registered id. */
  export interface StaticIdentifier {
    type: "static";
    id: string;
  }

  /** What {@link parseIdentifier} gives; `type` tells which. */
  export type ParsedIdentifier =
    | GithubIdentifier
    | GitIdentifier
    | NpmIdentifier
    | FileIdentifier
    | HttpIdentifier
    | StaticIdentifier;

  /**
   * Takes an identifier apart. Looks nothing up.
   *
   * ```ts
   * parseIdentifier("github:owner/repo@v1.0.0");
   * // { type: "github", owner: "owner", repo: "repo", ref: "v1.0.0" }
   * ```
   *
   * @throws TypeError that points at the part that is wrong
   */
  export function parseIdentifier(text: string): ParsedIdentifier;

  // ------------------------------------------------------------- registries

  /**
   * Gives the provider that `identifier` names, loading it if need be. The same provider is the same object
   * for as long as the registry keeps it. Short for `ProviderRegistry.getInstance().getProvider(identifier)`.
   *
   * ```ts
   * const provider = await getProvider("github:company/ai-provider@v2.1.0");
   * await provider.configure({ apiKey: "..." });
   * ```
   *
   * @param identifier a registered id, a static provider of prizm.json, or a `github:`, `git+https:`, `npm:`,
   *   `file:` or `https:` identifier
   * @throws ProviderNotFoundError if it is a plain id that nobody registered
   * @throws ProviderCreationError if it cannot be fetched, throws while loading, or is no {@link MediaProvider}
   * @throws TypeError if `identifier` is malformed
   */
  export function getProvider<T extends MediaProvider = MediaProvider>(identifier: string): Promise<T>;

  /**
   * Gives the service that `identifier` names, loading it if need be.
   * Short for `ServiceRegistry.getInstance().getService(identifier, config)`.
   *
   * @param identifier as for {@link getProvider}; `http(s)://host:port` is a service that already runs there
   * @param config handed to the service's constructor
   * @throws ServiceNotFoundError if it is a plain id that nobody registered
   * @throws ServiceCreationError if it cannot be fetched, throws while loading, or is no {@link DockerService}
   * @throws TypeError if `identifier` is malformed
   */
  export function getService<T extends DockerService = DockerService>(
    identifier: string,
    config?: ServiceConfig,
  ): Promise<T>;

  /** Counts of a registry at one moment. */
  export interface RegistryStats {
    /** Static ids with a constructor. */
    registered: number;
    /** Instances that are kept. */
    cached: number;
    /** Loads under way. */
    loading: number;
    /** Kept instances by the kind of identifier that they came from. */
    byKind: Record<ParsedIdentifier["type"], number>;
  }

  /** Wishes for {@link ProviderRegistry.findBestProvider}. */
  export interface FindProviderOptions {
    /** Providers to leave out: their `id`, static id or identifier. */
    excludeProviders?: readonly string[];
    /** Whether every local provider comes before every remote one. */
    preferLocal?: boolean;
    /**
     * Most that the cheapest fitting model may cost: `inputCost + outputCost`, in the model's own currency.
     * A remote provider whose price is unknown is left out then.
     */
    maxCost?: number;
  }

  /** All providers of this program: constructors by static id, and the instances made so far. */
  export class ProviderRegistry {
    private constructor();
    /** The one registry. */
    static getInstance(): ProviderRegistry;
    /**
     * Makes `constructor` available as `id`, from now on and before any other meaning of that text.
     * Registering an id again replaces the constructor and drops its instance. A provider repository may call
     * this while it loads instead of exporting its provider.
     *
     * @throws TypeError if `id` is empty or `constructor` is no constructor
     */
    register(id: string, constructor: ProviderConstructor): void;
    /** See {@link getProvider}. */
    getProvider<T extends MediaProvider = MediaProvider>(identifier: string): Promise<T>;
    /** Static ids: the registered ones, then those of prizm.json. */
    getAvailableProviders(): string[];
    /** Whether `id` is a static id, or an identifier whose provider is loaded. */
    hasProvider(id: string): boolean;
    /** Forgets all instances; constructors stay. The next `getProvider` makes a new one. */
    clearCache(): void;
    getStats(): RegistryStats;
    /**
     * Every provider that has `capability`, of the static ids (which are loaded for it) and of what is loaded
     * already, in that order.
     *
     * A provider that cannot be loaded is left out, unless that leaves nothing.
     *
     * @throws the load error (or an AggregateError of several) if nothing fits and something failed to load
     */
    getProvidersByCapability(capability: MediaCapability): Promise<MediaProvider[]>;
    /**
     * The best provider that has `capability`, or `null`. Better is, in this order: available now; local, with
     * `preferLocal`; cheaper by its cheapest fitting model (local without a price costs nothing, remote without a
     * price comes last); earlier in {@link getProvidersByCapability}.
     *
     * One that is not available now is given only where no available one fits, as `configure` may still change that.
     *
     * @throws as {@link getProvidersByCapability}
     */
    findBestProvider(capability: MediaCapability, options?: FindProviderOptions): Promise<MediaProvider | null>;
  }

  /** All services of this program: constructors by static id, and the instances made so far. */
  export class ServiceRegistry {
    private constructor();
    /** The one registry. */
    static getInstance(): ServiceRegistry;
    /**
     * Makes `constructor` available as `id`, from now on and before any other meaning of that text.
     *
     * @throws TypeError if `id` is empty or `constructor` is no constructor
     */
    register(id: string, constructor: ServiceConstructor): void;
    /**
     * See {@link getService}. A service is made once for every distinct `config`; without `config` it is the one
     * made without.
     */
    getService<T extends DockerService = DockerService>(identifier: string, config?: ServiceConfig): Promise<T>;
    /** The registered ids. */
    getAvailableServices(): string[];
    /** Whether `id` is a registered id, or an identifier whose service is loaded. */
    hasService(id: string): boolean;
    /** Forgets all instances; constructors stay. Stops nothing. */
    clearCache(): void;
    getStats(): RegistryStats;
  }

  // ----------------------------------------------------------------- errors

  /** Extras for the errors below. */
  export interface ErrorDetails {
    /** What lies underneath. */
    cause?: unknown;
    /** What the reader could do; the `prizm` program prints them. */
    hints?: readonly string[];
  }

  /** "Provider 'X' not found in registry": a plain id that nobody registered. */
  export class ProviderNotFoundError extends Error {
    constructor(identifier: string, details?: ErrorDetails);
    /** The text that was asked for. */
    readonly identifier: string;
    readonly hints: string[];
    cause?: unknown;
  }

  /** "Failed to create provider 'X': reason". `cause` is what the source, the module or the constructor threw. */
  export class ProviderCreationError extends Error {
    constructor(identifier: string, reason: string, details?: ErrorDetails);
    /** The text that was asked for. */
    readonly identifier: string;
    readonly hints: string[];
    cause?: unknown;
  }

  /** "Service 'X' not found in registry": a plain id that nobody registered. */
  export class ServiceNotFoundError extends Error {
    constructor(identifier: string, details?: ErrorDetails);
    /** The text that was asked for. */
    readonly identifier: string;
    readonly hints: string[];
    cause?: unknown;
  }

  /** "Failed to create service 'X': reason". `cause` is what the source, the module or the constructor threw. */
  export class ServiceCreationError extends Error {
    constructor(identifier: string, reason: string, details?: ErrorDetails);
    /** The text that was asked for. */
    readonly identifier: string;
    readonly hints: string[];
    cause?: unknown;
  }

  /**
   * Why an isolate ended: it asked for it, outgrew its memory, took too long, threw an error that nobody caught, was
   * closed or dropped as idle, or sent what no well-behaved isolate sends.
   */
  export type ProviderEndReason = "exit" | "memory" | "cpu" | "wall" | "error" | "closed" | "idle" | "protocol";

  /**
   * "Provider 'X' has ended: message": thrown by every use of a provider or service whose isolate has ended, and by
   * the calls that were under way. {@link getProvider} loads it again.
   */
  export class ProviderEndedError extends Error {
    constructor(identifier: string, reason: ProviderEndReason, message: string, details?: ErrorDetails);
    /** The text that was asked for. */
    readonly identifier: string;
    readonly reason: ProviderEndReason;
    readonly hints: string[];
    cause?: unknown;
  }

  // ----------------------------------------------------------------- global

  /** What the global `Prizm` holds: the parts of this module that need no import. */
  export interface PrizmGlobal {
    /** Version of the running program, such as `"0.1.0"`. */
    readonly version: string;
    readonly getProvider: typeof getProvider;
    readonly getService: typeof getService;
    readonly parseIdentifier: typeof parseIdentifier;
    readonly ProviderRegistry: typeof ProviderRegistry;
    readonly ServiceRegistry: typeof ServiceRegistry;
    readonly MediaCapability: typeof MediaCapability;
    /**
     * The folder that this provider has for itself: `$CACHE` of its permissions. `null` where it was not granted, and in
     * code that runs in the script's own isolate. It stays between runs; the user may delete it at any time.
     */
    readonly cacheFolder: string | null;
    /**
     * Marks buffers to be moved, not copied, to the isolate that `value` goes to next. They are empty here afterwards.
     *
     * ```ts
     * await model.transform(Prizm.transfer(pixels));
     * ```
     *
     * @param buffers the buffers, or views of them, that move; all in plain objects and arrays below `value` unless given
     * @returns `value`
     * @throws TypeError if one of `buffers` is none
     */
    readonly transfer: <T>(value: T, buffers?: readonly (ArrayBuffer | ArrayBufferView)[]) => T;
  }
}

/** Prizm without an import; see the module `prizm`. */
declare var Prizm: import("prizm").PrizmGlobal;
