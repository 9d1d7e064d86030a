import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
const server = http.createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    response.end(`${Number(length) - 1} ${coding} ${text.trim()}`);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  const headers = { 'content-length': statSync('file.txt').size };
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', headers }, (response) => {
    response.on('data', (chunk) => console.log(String(chunk)));
    response.on('end', () => server.close());
  });
  createReadStream('file.txt').pipe(request);
});
