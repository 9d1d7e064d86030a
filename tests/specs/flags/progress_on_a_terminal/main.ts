import { onTerminal } from './terminal.ts';
import { screen } from './screen.ts';

// What was there for a moment, and what is left on the screen.
const text = await onTerminal(`run --reload ${Deno.args.join(' ')} inner.ts`, async () => {});
console.log('drawn:', text.includes('github:acme/lib@v1'), 'again:', text.split('github:acme/lib@v1').length > 3);
console.log('left:', JSON.stringify(screen(text)));
