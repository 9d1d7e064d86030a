import Replicate from 'npm:replicate@^1.0.0';
let auth = '';
const server = Deno.serve({ port: 0, onListen() {} }, (request) => {
  auth = request.headers.get('authorization') ?? '';
  return Response.json({ id: 'p', status: 'succeeded', output: ['https://example.com/out.png'], urls: { get: 'http://x' } }, { status: 201 });
});
const replicate = new Replicate({ auth: 'key', baseUrl: `http://127.0.0.1:${server.addr.port}`, useFileOutput: false });
console.log(JSON.stringify(await replicate.run('owner/model', { input: { prompt: 'a' } })));
console.log(auth);
await server.shutdown();
