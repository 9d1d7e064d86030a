import { getProvider } from 'prizm';
import 'versioned';
import { createRequire } from 'node:module';
console.log(typeof getProvider, typeof createRequire(import.meta.url)('prizm').getProvider);
