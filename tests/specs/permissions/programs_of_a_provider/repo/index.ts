import { spawn, spawnSync } from 'node:child_process';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const SYSTEM = ['HOME', 'LANG', 'LC_ALL', 'PATH', 'TMPDIR'];
const names = (output: string) => output.trim().split('\n')
  .map((line) => SYSTEM.includes(line.split('=')[0]) ? line.split('=')[0] : line).sort().join(' ');
const started = () => new Promise<string>((resolve, reject) => {
  let output = '';
  const child = spawn('env');
  child.on('error', reject);
  child.stdout.on('data', (part) => output += part);
  child.on('close', () => resolve(output));
});
const name = async (action: () => unknown) => {
  try {
    return String(await action());
  } catch (error: any) {
    return error.name;
  }
};

export default class {
  id = 'runner'; name = 'Runner'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  async run(): Promise<string[]> {
    const output = (options = {}) => text(new Deno.Command('env', options).outputSync().stdout);
    const lines = [
      `output ${names(text((await new Deno.Command('env').output()).stdout))}`,
      `spawnSync ${names(String(spawnSync('env').stdout))}`,
      `spawn ${names(await started())}`,
      `with a variable ${names(output({ env: { MINE: '1' } }))}`,
    ];
    Deno.env.set('OWN', '2');
    lines.push(`set before ${names(output())}`, `cleared ${names(text(new Deno.Command('/usr/bin/env', { clearEnv: true, env: { MINE: '1' } }).outputSync().stdout))}`);
    const folder = text(new Deno.Command('pwd').outputSync().stdout).trim();
    const inner = text(new Deno.Command('pwd', { cwd: 'inner' }).outputSync().stdout).trim();
    lines.push(`folder ${folder === Deno.cwd()} ${inner === `${Deno.cwd()}/inner`}`);
    lines.push(`missing ${await name(() => new Deno.Command('pwd', { cwd: 'nowhere' }).outputSync())}`);
    lines.push(`refused ${await name(() => new Deno.Command('id').outputSync())}`);
    return lines;
  }
}
