// Short names: what prizm.json has them stand for, and what was meant by one that nobody knows.
//
// In: a text that a script asked for. Out: the id or identifier behind it; hints. Side effects: none.

import * as ops from "ext:prizm/ops.ts";

/**
 * The end of the chain of `aliases` that begins at `text`; a known id ends it as well. A chain that comes back to itself
 * is given as such.
 */
export function follow(
  text: string,
  aliases: Record<string, string>,
  isKnown: (id: string) => boolean,
): string | { circle: string[] } {
  const path = [text];
  let target = text;
  while (!isKnown(target) && Object.hasOwn(aliases, target)) {
    target = aliases[target];
    const isLoop = path.includes(target);
    path.push(target);
    if (isLoop) return { circle: path };
  }
  return target;
}

/** What may have been meant by `id`, which `text` led to. `call`: what scripts load with. */
export function hintsForUnknown(id: string, text: string, { names, call }: { names: string[]; call: string }): string[] {
  const hints = ops.nearMatches(id, names).slice(0, 3).map((name) => `did you mean '${name}'?`);
  if (hints.length === 0 && /^[a-z0-9][a-z0-9._-]*$/.test(id)) {
    hints.push(`for the npm package of that name: ${call}('npm:${id}')`);
  }
  return text === id ? hints : [`prizm.json defines '${text}' as '${id}'`, ...hints];
}
