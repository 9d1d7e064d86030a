import { getProvider } from 'prizm';
import { state } from './provider/state.ts';
state.count++;
console.log((await getProvider('file:./provider')).models[0].count);
