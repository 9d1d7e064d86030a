import { openAsBlob } from 'node:fs';
import http from 'node:http';
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    const headers = { 'content-type': request.headers['content-type']! };
    const form = await new Response(body, { headers }).formData();
    console.log(form.get('field'), (await (form.get('file') as File).text()).trim());
    console.log(Number(request.headers['content-length']) === body.length, request.headers['transfer-encoding']);
    response.end();
  });
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const form = new FormData();
form.set('field', 'value');
form.set('file', await openAsBlob('file.txt'), 'file.txt');
await (await fetch(`http://127.0.0.1:${(server.address() as { port: number }).port}`, { method: 'POST', body: form })).text();
server.close();
