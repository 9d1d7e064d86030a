const server = Deno.serve({ port: Number(Deno.args[0]), hostname: '127.0.0.1' }, () => new Response('ok'));
await server.shutdown();
