import { OnlyAType } from './does-not-exist';
import NeverUsed from './neither-does-this.ts';
import * as types from './nor-this';
import { Options, run } from './run';
export function typed(_: OnlyAType, _2: types.Thing): Options {
  return {};
}
run();
