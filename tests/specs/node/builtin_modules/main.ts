import bare from 'path';
import prefixed, { join } from 'node:path';
import fs from 'fs';
import nodeFs from 'node:fs';
import * as util from 'util';
import { promisify } from 'node:util';
console.log(bare === prefixed, fs === nodeFs, util.promisify === promisify);
console.log(join('a', 'b'), typeof (await import('fs/promises')));
