import { spawn } from 'node:child_process';
import { turn } from './turn.ts';

const server = Deno.serve({ port: Number(Deno.args[0]), onListen: () => {} }, () => new Response(turn));
const child = spawn('sh', ['-c', 'echo alive $$; sleep 1000 & wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.once('data', async (data) => {
  const [, pid] = String(data).split(' ');
  const answer = await (await fetch(`http://127.0.0.1:${Deno.args[0]}/`)).text();
  const last = localPid();
  console.log(answer, last === '' ? 'first' : isAlive(last) ? 'left over' : 'gone');
  Deno.writeTextFileSync('pid.txt', pid);
});
addEventListener('unload', () => console.log('unload', turn));
process.on('exit', () => console.log('exit', turn));

function localPid(): string {
  try {
    return Deno.readTextFileSync('pid.txt').trim();
  } catch {
    return '';
  }
}

function isAlive(pid: string): boolean {
  try {
    return !Deno.readTextFileSync(`/proc/${pid}/stat`).includes(') Z ');
  } catch {
    return false;
  }
}
void server;
