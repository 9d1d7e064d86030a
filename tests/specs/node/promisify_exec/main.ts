import { exec } from 'child_process';
import { promisify } from 'util';
const run = promisify(exec);
const { stdout, stderr } = await run('echo out; echo err >&2');
console.log(JSON.stringify({ stdout, stderr }));
try {
  await run('echo partial; exit 3');
} catch (error) {
  console.log(error.code, error.stdout.trim());
}
