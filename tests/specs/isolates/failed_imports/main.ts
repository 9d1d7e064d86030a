import { getProvider } from 'prizm';

const provider: any = await getProvider('github:acme/curious');
try {
  const missing = '{{http}}/none.ts';
  await import(missing);
} catch (error: any) {
  console.log('the script knows more:', (error.hints?.length ?? 0) > 0 || error.cause !== undefined);
  console.log('the provider:', provider.ask(error.message, error.code));
}
