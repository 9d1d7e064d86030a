import OpenAI from 'npm:openai@^4.60.0';
const server = Deno.serve({ port: 0, onListen() {} }, async (request) => {
  if (request.headers.get('authorization') !== 'Bearer key') return Response.json({ error: { message: 'no' } }, { status: 401 });
  const { stream } = await request.json();
  if (!stream) return Response.json({ choices: [{ message: { role: 'assistant', content: 'hi' } }] });
  const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  return new Response(chunk('one ') + chunk('two') + 'data: [DONE]\n\n', { headers: { 'content-type': 'text/event-stream' } });
});
const baseURL = `http://127.0.0.1:${server.addr.port}`;
const messages = [{ role: 'user' as const, content: 'x' }];
const openai = new OpenAI({ apiKey: 'key', baseURL });
console.log((await openai.chat.completions.create({ model: 'm', messages })).choices[0].message.content);
let text = '';
for await (const part of await openai.chat.completions.create({ model: 'm', messages, stream: true })) {
  text += part.choices[0].delta.content;
}
console.log(text);
try {
  await new OpenAI({ apiKey: 'wrong', baseURL, maxRetries: 0 }).chat.completions.create({ model: 'm', messages });
} catch (error) {
  console.log(error.constructor.name, error.status);
}
await server.shutdown();
