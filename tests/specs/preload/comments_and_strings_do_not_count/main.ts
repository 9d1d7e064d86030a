// getProvider('github:acme/echo@v1.0.0')
const text = "getProvider('github:acme/echo@v1.0.0')";
function getProvider(_: string) {}
getProvider('github:acme/echo@v1.0.0');
await new Promise((done) => setTimeout(done, 300));
console.log('done');
