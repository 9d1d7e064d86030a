import { execSync } from 'child_process';
const output = execSync('echo captured', { stdio: 'pipe' });
console.log(Buffer.isBuffer(output), output.toString().trim());
try {
  execSync('echo out; echo err >&2; exit 1', { stdio: 'pipe', encoding: 'utf8' });
} catch (error) {
  console.log(error.status, error.stdout.trim(), error.stderr.trim());
}
