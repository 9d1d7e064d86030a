import http from 'node:http';
try {
  await fetch('{{http}}/echo', { signal: AbortSignal.timeout(50) });
} catch (error) {
  console.log(error.name);
}
await new Promise<void>((done) => {
  const request = http.get('{{http}}/echo', { signal: AbortSignal.timeout(50) });
  request.on('error', (error) => (console.log(error.name), done()));
});
