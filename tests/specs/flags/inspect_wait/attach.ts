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
socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.runIfWaitingForDebugger' }));
socket.onmessage = (event) => {
  if (JSON.parse(event.data).id !== 1) return;
  console.log('attached');
  // The program's end closes the connection; leaving before it runs would race with its waking up.
};
