process.on('message', (message: { n: number }) => {
  if (process.argv[2] !== '--unstable-looking') throw new Error('the argument was lost');
  console.log('child got', message.n);
  process.send!({ n: message.n + 1 });
});
