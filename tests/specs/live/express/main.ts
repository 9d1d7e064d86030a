import express = require('express');
const app = express();
app.use(express.json());
app.get('/hello/:name', (request, response) => response.send(`hello ${request.params.name}`));
app.post('/sum', (request, response) => response.json({ sum: request.body.a + request.body.b }));
app.get('/broken', () => {
  throw new Error('broken');
});
app.use((error, _request, response, _next) => response.status(500).send(error.message));
const server = app.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  console.log(await (await fetch(`${base}/hello/world`)).text());
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1,"b":2}' };
  console.log(await (await fetch(`${base}/sum`, init)).text());
  const broken = await fetch(`${base}/broken`);
  console.log(broken.status, await broken.text());
  server.close();
});
