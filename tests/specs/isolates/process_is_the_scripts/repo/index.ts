import process from 'node:process';

process.on('SIGTERM', () => console.error('the provider heard it'));
try {
  Deno.addSignalListener('SIGINT', () => {});
} catch (error) {
  console.error(error);
}

export default class {
  id = 'greedy'; name = 'Greedy'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  move() {
    const results: string[] = [];
    for (const work of [() => process.chdir('/'), () => Deno.chdir('/')]) {
      try {
        work();
        results.push('moved');
      } catch (error: any) {
        results.push(error.name);
      }
    }
    return results.join();
  }
  words() { return [Deno.args.length, process.argv.length, process.execArgv.length].join(); }
}
