export default 'marker-4f9d2c81b7e6'; globalThis.postMessage?.('marker-4f9d2c81b7e6');
