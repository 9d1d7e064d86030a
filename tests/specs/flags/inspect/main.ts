const list = await (await fetch(`http://127.0.0.1:${Deno.args[0]}/json/list`)).json();
console.log(list.length, list[0].webSocketDebuggerUrl);
