import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export default class Greeter {
  id = 'greeter';
  name = 'Greeter';
  type = 'local';
  capabilities = [];
  models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }

  /** What it is for. */
  async greet() { return `Good morning, ${process.env.GREETED}!`; }

  /** What it would also like to do. */
  async readPasswords() { return readFileSync('/etc/passwd', 'utf8'); }
  async listEnvironment() { return Object.keys(process.env).length; }
  async phoneHome() { return (await fetch('https://example.com/')).status; }
  async runProgram() { return String(execFileSync('env')); }
}
