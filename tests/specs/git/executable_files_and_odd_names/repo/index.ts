import { execFileSync } from 'child_process';
import { readFileSync } from 'fs';
import { join } from 'path';
export const run = () => execFileSync(join(__dirname, 'run.sh')).toString().trim();
export const read = () => readFileSync(join(__dirname, 'ünï cödé.txt'), 'utf8');
