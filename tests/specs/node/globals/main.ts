console.log(typeof process.version, Buffer.from('hi').toString('base64'), global === globalThis);
await new Promise<void>((done) => setImmediate(() => (console.log('immediate'), done())));
await new Promise<void>((done) => process.nextTick(() => (console.log('tick'), done())));
