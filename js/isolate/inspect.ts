// Texts for the console, of objects that the other side shows.

import { core, primordials } from "ext:core/mod.js";

const { ArrayIsArray, MathMin, RegExpPrototypeSymbolReplace, SafeRegExp } = primordials as any;

const loadNode = core.createLazyLoader("node:util");
const loadConsole = () => core.loadExtScript("ext:deno_web/01_console.js");
const DEEPEST = 20;

/** What a console wants to know to show an object of the other side: the function's own arguments, as a list. */
export function wishesOf(depth: unknown, options: any, inspect: unknown): unknown[] {
  return [depth, options?.colors === true, options?.compact, options?.breakLength, inspect === loadNode().inspect];
}

/** What a console shows of `value`. Nothing in `wishes` leads to what is hidden. */
export function inspectValue(value: object, wishes: unknown): string {
  const list: any = ArrayIsArray(wishes) ? wishes : [];
  const depth = list[0] === null ? DEEPEST : typeof list[0] === "number" ? MathMin(list[0], DEEPEST) : 2;
  const { inspect } = list[4] === true ? loadNode() : loadConsole();
  return inspect(value, {
    __proto__: null,
    depth,
    colors: list[1] === true,
    compact: typeof list[2] === "number" || typeof list[2] === "boolean" ? list[2] : 3,
    breakLength: typeof list[3] === "number" ? list[3] : 80,
  });
}

/** Control characters, but for line ends, tabs, and what sets a colour. */
const CONTROL = new SafeRegExp("\\x1b\\[[0-9;]{0,20}m|[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]", "g");
const COLOUR = "\x1b[";

/** `text` from the other side, as far as a terminal may have it. */
export function printable(text: unknown): string {
  if (typeof text !== "string") return "[object]";
  return RegExpPrototypeSymbolReplace(CONTROL, text, (found: string) => found.length > COLOUR.length ? found : "");
}
