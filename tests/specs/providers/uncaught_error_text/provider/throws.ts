interface Removed {
  key: string;
}
function connect(): never {
  throw new Error('no key', { cause: new TypeError('GPU_KEY is empty') });
}
export default connect();
