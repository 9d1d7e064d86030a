// Tries one way after another: what each gave, or the error that stopped it.

const PATIENCE = 3000;
// What fails later, in an event, ends the one way and not the rest.
globalThis.process?.on('uncaughtException', () => {});
globalThis.addEventListener?.('unhandledrejection', (event) => event.preventDefault());

export async function tryWays(ways) {
  const lines = [];
  for (const [name, way] of Object.entries(ways)) lines.push(`${name}: ${await tryOne(way)}`);
  return lines;
}

async function tryOne(way) {
  let timer;
  const late = new Promise((resolve) => timer = setTimeout(resolve, PATIENCE, 'no answer'));
  try {
    return await Promise.race([late, Promise.resolve(way()).then((value) => `got ${show(value)}`)]);
  } catch (error) {
    return error?.name ?? String(error);
  } finally {
    clearTimeout(timer);
  }
}

function show(value) {
  if (value instanceof Uint8Array) value = new TextDecoder().decode(value);
  try {
    return typeof value === 'string' ? value.slice(0, 300).trim() : (JSON.stringify(value) ?? typeof value).slice(0, 300);
  } catch {
    return typeof value;
  }
}
