import * as prizm from 'prizm';
const output = new Deno.Command(Deno.execPath(), { args: ['types'] }).outputSync();
const text = new TextDecoder().decode(output.stdout);
const missing = Object.keys(prizm).filter((name) => name !== 'default' && !new RegExp(`\\b${name}\\b`).test(text));
console.log(missing.length === 0 && Object.keys(prizm).length > 5 ? true : missing);
