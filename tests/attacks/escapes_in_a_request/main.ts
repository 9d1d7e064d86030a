import { getProvider } from 'prizm';

await getProvider('github:evil/thief').catch((error: any) => {
  const text = [error.message, ...(error.hints ?? []), error.cause?.message].join('\n');
  console.log('refused, with control characters:', /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text));
});
