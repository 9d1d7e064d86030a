import axios, { AxiosError } from 'axios';
import FormData from 'form-data';
import * as fs from 'fs';
import http from 'http';
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    response.statusCode = request.url === '/missing' ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ headers: request.headers, length: body.length, body: body.toString() }));
  });
});
server.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const plain = await axios.get(`${base}/plain`);
  console.log('http', plain.request instanceof http.ClientRequest || plain.request?.constructor?.name === 'ClientRequest');
  const form = new FormData();
  form.append('field', 'value');
  form.append('file', fs.createReadStream('upload.txt'), { filename: 'upload.txt' });
  const { data } = await axios.post(`${base}/upload`, form, { headers: form.getHeaders() });
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': coding } = data.headers;
  console.log(type.split(';')[0], 'length', Number(length) === data.length, 'chunked', coding === 'chunked');
  console.log('file', data.body.includes('the file') && data.body.includes('filename="upload.txt"'));
  try {
    await axios.get(`${base}/missing`);
  } catch (error) {
    console.log(error.response.status, error instanceof AxiosError);
  }
  server.close();
});
