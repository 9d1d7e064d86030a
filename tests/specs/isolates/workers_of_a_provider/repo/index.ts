const run = (source: string): Promise<string> => {
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.onerror = (event) => { event.preventDefault(); reject(new Error(event.message)); };
  });
};

export default class {
  id = 'busy'; name = 'Busy'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  work(): Promise<string> { return run(`postMessage('worked')`); }
  read(path: string): Promise<string> { return run(`try { Deno.readTextFileSync(${JSON.stringify(path)}); postMessage('read'); } catch (error) { postMessage(error.name); }`); }
  exit(): Promise<string> { return run(`import process from 'node:process'; postMessage('exits'); process.reallyExit(4);`); }
  spin(): Promise<string> { return run('for (;;);'); }
  fill(): Promise<string> { return run('const all = []; for (;;) all.push(new Uint8Array(1 << 20));'); }
  grow(): Promise<string> { return run('const all = []; for (;;) all.push({ text: "x" + all.length });'); }
  busy(): Promise<string> {
    return run(`let turns = 0; const start = performance.now();
      const step = () => { const end = performance.now() + 20; while (performance.now() < end); (performance.now() - start > 1500) ? postMessage('still here') : setTimeout(step, 5); };
      step();`);
  }
}
