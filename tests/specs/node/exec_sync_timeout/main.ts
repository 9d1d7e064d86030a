import { execSync } from 'child_process';
const start = Date.now();
try {
  execSync('exec sleep 60', { timeout: 200, stdio: 'pipe' });
  console.log('not reached');
} catch (error) {
  console.log(error.code, error.signal, Date.now() - start < 20000);
}
