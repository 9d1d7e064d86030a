setTimeout(() => console.log('timer'), 20);
Promise.resolve().then(() => console.log('micro'));
process.once('beforeExit', () => console.log('beforeExit'));
process.on('exit', () => console.log('exit'));
console.log('sync');
