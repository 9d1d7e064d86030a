async function target(): Promise<string> {
  for (let tries = 0; tries < 400; tries++) {
    try {
      const list = await (await fetch(`http://127.0.0.1:${Deno.args[0]}/json/list`)).json();
      return list[0].webSocketDebuggerUrl;
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  throw new Error('nobody listens');
}
const socket = new WebSocket(await target());
let id = 0;
const send = (method: string) => socket.send(JSON.stringify({ id: ++id, method }));
socket.onopen = () => {
  send('Runtime.enable');
  send('Debugger.enable');
  send('Runtime.runIfWaitingForDebugger');
};
socket.onmessage = (event) => {
  const { method } = JSON.parse(event.data);
  if (method !== 'Debugger.paused') return;
  console.log(method);
  send('Debugger.resume');
  socket.close();
};
