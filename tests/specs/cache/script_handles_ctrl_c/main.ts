Deno.addSignalListener('SIGINT', () => {
  console.log('got it');
  Deno.exit(9);
});
setInterval(() => {}, 1000);
console.log('ready');
