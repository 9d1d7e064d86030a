// Duck-type checks: what a value lacks to be a `MediaProvider` or a `DockerService`.
//
// In: any value. Out: the gaps, all at once, in words. Reads the members and calls none of them.

import type { DockerService, MediaProvider } from "prizm";

/** What a member has to be; a list holds the texts that it may be. */
type Expectation = "method" | "text" | "list" | readonly string[];

export interface Contract {
  /** Name of the interface. */
  name: string;
  members: Record<string, Expectation>;
}

export const MEDIA_PROVIDER: Contract = {
  name: "MediaProvider",
  members: {
    id: "text",
    name: "text",
    type: ["local", "remote"],
    capabilities: "list",
    models: "list",
    configure: "method",
    isAvailable: "method",
    getModelsForCapability: "method",
    getModel: "method",
    getHealth: "method",
  } satisfies Record<keyof MediaProvider, Expectation>,
};

export const DOCKER_SERVICE: Contract = {
  name: "DockerService",
  members: {
    startService: "method",
    stopService: "method",
    restartService: "method",
    getServiceStatus: "method",
    isServiceHealthy: "method",
    isServiceRunning: "method",
    waitForHealthy: "method",
    getDockerComposeService: "method",
    getServiceInfo: "method",
  } satisfies Record<keyof DockerService, Expectation>,
};

export interface Gaps {
  /** Members that are not there. */
  missing: string[];
  /** Members that are there and wrong, each with what was expected and found. */
  wrong: string[];
  /** How many members are right. */
  fulfilled: number;
}

/** Compares `value` with `contract`. */
export function findGaps(value: object, contract: Contract): Gaps {
  const gaps: Gaps = { missing: [], wrong: [], fulfilled: 0 };
  for (const [name, expectation] of Object.entries(contract.members)) {
    const label = expectation === "method" ? `${name}()` : name;
    const member = readMember(value, name);
    if ("failure" in member) {
      gaps.wrong.push(`${label} (its getter threw: ${member.failure})`);
    } else if (member.value === undefined || member.value === null) {
      gaps.missing.push(label);
    } else if (!meets(member.value, expectation)) {
      gaps.wrong.push(`${label} (expected ${inWords(expectation)}, found ${found(member.value)})`);
    } else {
      gaps.fulfilled += 1;
    }
  }
  return gaps;
}

export function isComplete(gaps: Gaps): boolean {
  return gaps.missing.length === 0 && gaps.wrong.length === 0;
}

/** "missing configure(), models; wrong type (expected 'local' or 'remote', found 'cloud')" */
export function describeGaps(gaps: Gaps): string {
  const parts = [];
  if (gaps.missing.length > 0) {
    parts.push(`missing ${gaps.missing.join(", ")}`);
  }
  if (gaps.wrong.length > 0) {
    parts.push(`wrong ${gaps.wrong.join(", ")}`);
  }
  return parts.join("; ");
}

/** Whether instances of `constructor` get every method of `contract` from its prototype. */
export function promises(constructor: Function, contract: Contract): boolean {
  const prototype: unknown = constructor.prototype;
  if (typeof prototype !== "object" || prototype === null) {
    return false;
  }
  return Object.entries(contract.members).every(([name, expectation]) =>
    expectation !== "method" || name in prototype
  );
}

function readMember(value: object, name: string): { value: unknown } | { failure: string } {
  try {
    return { value: Reflect.get(value, name) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

function meets(member: unknown, expectation: Expectation): boolean {
  switch (expectation) {
    case "method":
      return typeof member === "function";
    case "text":
      return typeof member === "string" && member !== "";
    case "list":
      return Array.isArray(member);
    default:
      return expectation.some((text) => text === member);
  }
}

function inWords(expectation: Expectation): string {
  switch (expectation) {
    case "method":
      return "a method";
    case "text":
      return "a string that is not empty";
    case "list":
      return "an array";
    default:
      return expectation.map((text) => `'${text}'`).join(" or ");
  }
}

function found(member: unknown): string {
  if (typeof member === "string") {
    return `'${member}'`;
  }
  const kind = kindOf(member);
  return /^[ao]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** A short word for what `value` is: "class Painter", "function", "string", "undefined". */
export function kindOf(value: unknown): string {
  if (typeof value === "function") {
    return isClass(value) ? `class ${value.name}`.trimEnd() : "function";
  }
  if (value === null) {
    return "null";
  }
  return Array.isArray(value) ? "array" : typeof value;
}

/** Whether `value` can be `new`ed. Does not run it. */
export function isConstructor(value: unknown): value is new (...args: unknown[]) => unknown {
  if (typeof value !== "function") {
    return false;
  }
  try {
    // As `newTarget` it is only checked for being a constructor; `Object` is what runs.
    Reflect.construct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}

/** Whether `value` was written as a class, also one compiled down to a function with a filled prototype. */
export function isClass(value: Function): boolean {
  const prototype: unknown = value.prototype;
  return isConstructor(value) && (
    /^class\b/.test(Function.prototype.toString.call(value)) ||
    (typeof prototype === "object" && prototype !== null && Reflect.ownKeys(prototype).length > 1)
  );
}
