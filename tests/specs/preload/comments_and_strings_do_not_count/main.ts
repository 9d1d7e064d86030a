// getProvider('github:acme/echo@v1.0.0')
const text = "getProvider('github:acme/echo@v1.0.0')";
function getSomething(_: string) {}
getSomething('github:acme/echo@v1.0.0');
await new Promise((done) => setTimeout(done, 300));
console.log(text.length > 0 ? 'done' : '');
