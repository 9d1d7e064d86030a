import { add } from './add.wasm';
const bytes = Deno.readFileSync(new URL('./add.wasm', import.meta.url));
const { instance } = await WebAssembly.instantiate(bytes);
console.log(add(1, 2), (instance.exports.add as CallableFunction)(1, 2));
