// Text by which two configurations can be told apart, for use in the key of a cache.

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/**
 * Equal for plain data of equal content, whatever the order of its keys. Other objects, such as functions and
 * instances of classes, are equal only to themselves.
 */
export function configKey(config: unknown): string {
  return `#${textOf(config, [])}`;
}

function textOf(value: unknown, above: object[]): string {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  }
  if (above.includes(value) || !isPlain(value)) {
    return `<${numberOf(value)}>`;
  }
  const inner = [...above, value];
  if (Array.isArray(value)) {
    return `[${value.map((item) => textOf(item, inner)).join()}]`;
  }
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => a < b ? -1 : 1);
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item, inner)}`).join()}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

function numberOf(value: object): number {
  let number = numbers.get(value);
  if (number === undefined) {
    lastNumber += 1;
    number = lastNumber;
    numbers.set(value, number);
  }
  return number;
}
