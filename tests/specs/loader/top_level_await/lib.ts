export const value: number = await new Promise((done) => setTimeout(() => done(1), 1));
console.log('lib ready');
