import { turn } from './turn.ts';
const timer = setInterval(() => {}, 1000);
process.on('SIGTERM', async () => {
  await new Promise((done) => setTimeout(done, 50));
  console.log('closed', turn);
  clearInterval(timer);
});
process.on('SIGINT', () => {
  console.log('interrupted');
  process.exit();
});
console.log('run', turn);
