import { readFileSync } from 'node:fs';

export default class Provider {
  id = 'x';
  name = 'x';
  type = 'remote';
  capabilities = [];
  models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  getModel() { return null; }
  async getHealth() { return { status: 'healthy' }; }
  own() { return readFileSync(new URL('./own.txt', import.meta.url), 'utf8').trim(); }
  read(path) { return Deno.readTextFileSync(path); }
  write(path, text) { Deno.writeTextFileSync(path, text); }
  variable(name) { return process.env[name] ?? 'unset'; }
  async get(url) { return (await fetch(url)).status; }
  run(program) { return new Deno.Command(program).outputSync().code; }
}
