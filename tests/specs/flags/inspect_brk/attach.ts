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
const send = (id: number, method: string) => socket.send(JSON.stringify({ id, method }));
socket.onopen = () => {
  send(1, 'Runtime.enable');
  send(2, 'Debugger.enable');
  send(3, 'Runtime.runIfWaitingForDebugger');
};
socket.onmessage = (event) => {
  const { id, method } = JSON.parse(event.data);
  if (method === 'Debugger.paused') {
    console.log(method);
    send(4, 'Debugger.resume');
  }
  if (id === 4) socket.close();
};
