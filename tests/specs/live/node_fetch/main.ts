import fetch from 'node-fetch';
import FormData from 'form-data';
const { createServer } = require('http');
const server = createServer((_, response) => response.end('hello'));
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  new FormData();
  const response = await fetch(url);
  console.log(response.status, await response.text());
  try {
    await fetch(url, { signal: AbortSignal.abort() });
  } catch (error) {
    console.log(error.name);
  }
  server.close();
});
