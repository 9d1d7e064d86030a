console.log('before');
function later(): Promise<void> {
  return Promise.reject(new Error('later'));
}
later();
await new Promise((done) => setTimeout(done, 5000));
console.log('not reached');
