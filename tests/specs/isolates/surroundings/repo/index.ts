import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

const inWorker = `postMessage(Deno.env.get('MINE'))`;

export default class {
  id = 'painter'; name = 'Painter'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  set(): string {
    process.env.GRANTED = 'own';
    Deno.env.set('MINE', '1');
    return [Deno.env.get('GRANTED'), process.env.MINE, process.env.OTHER, Deno.env.get('PATH')].map(String).join();
  }
  names(): string { return Object.keys(process.env).sort().join(); }
  get(name: string): string | undefined { return Deno.env.get(name); }
  remove(name: string): string | undefined {
    delete process.env[name];
    return Deno.env.get(name);
  }
  inWorker(): Promise<string> {
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(inWorker)}`, { type: 'module' });
    return new Promise((resolve) => worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); });
  }
  folder(): string { return Deno.cwd(); }
  place(): string[] {
    const own = import.meta.dirname;
    return [
      `folder ${Deno.cwd() === own} ${process.cwd() === own}`,
      `relative ${Deno.readTextFileSync('words.txt').trim()}`,
      `require ${readFileSync('./words.txt', 'utf8') === readFileSync(createRequire(import.meta.url).resolve('./words.txt'), 'utf8')}`,
      `program ${Deno.execPath()} ${process.execPath} ${process.title}`,
    ];
  }
  words(): unknown[] { return [Deno.cwd(), Deno.execPath(), process.argv, process.execPath, process.argv0, process.title, Deno.args]; }
}
