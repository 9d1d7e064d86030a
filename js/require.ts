// `require` in local files: `.ts` before `.js`, tsconfig paths, packages from the cache, and `require('prizm')`.
//
// In: requests of CommonJS modules. Out: the file that the host finds, where Node's own rules would not.
// Side effects: changes `Module._resolveFilename` and `Module._load`, as tsx and ts-node do.

import { core } from "ext:core/mod.js";
import { resolveRequire } from "ext:prizm/ops.ts";

const loadModule = core.createLazyLoader("node:module");
const loadIndex = core.createLazyLoader("ext:prizm/index.ts");

const { default: Module } = loadModule();
const resolveFilename = Module._resolveFilename;
const load = Module._load;

Module._resolveFilename = function (request: unknown, parent: any, isMain: boolean, options: any) {
  if (typeof request === "string" && parent?.filename && options?.paths === undefined) {
    const found = resolveRequire(request, parent.filename);
    if (found !== null) return found;
  }
  return resolveFilename.call(this, request, parent, isMain, options);
};

Module._load = function (request: unknown, parent: any, isMain: boolean) {
  return request === "prizm" ? loadIndex() : load.call(this, request, parent, isMain);
};

/** Runs the CommonJS file `path`, if it has not run, and gives its exports. */
export function requireFile(path: string, isMain: boolean): unknown {
  return Module._load(path, null, isMain);
}
