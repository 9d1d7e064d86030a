import { createFalClient } from 'npm:@fal-ai/client@^1.2.0';
const server = Deno.serve({ port: 0, onListen() {} }, async (request) => {
  console.log(request.method, request.headers.get('authorization'), await request.text());
  return Response.json({ images: [] });
});
const fal = createFalClient({
  credentials: 'secret',
  requestMiddleware: async (request) => ({ ...request, url: `http://127.0.0.1:${server.addr.port}/` }),
});
const result = await fal.run('fal-ai/model', { input: { prompt: 'a' } });
console.log(JSON.stringify(result.data));
await server.shutdown();
