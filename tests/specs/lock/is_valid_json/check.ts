const text = Deno.readTextFileSync('prizm.lock');
const lock = JSON.parse(text);
console.log(lock.version, Object.keys(lock.git).join(), text === JSON.stringify(lock, null, 2) + '\n');
