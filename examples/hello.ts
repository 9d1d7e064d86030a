// The smallest script: typed, run as it is.
const greet = (name: string): string => `Hello, ${name}!`;

console.log(greet(process.argv[2] ?? 'world'));
