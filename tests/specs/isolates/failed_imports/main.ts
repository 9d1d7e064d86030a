import { getProvider } from 'prizm';

const provider: any = await getProvider('github:acme/curious');
try {
  await import('./mian.ts');
} catch (error: any) {
  console.log('the script knows more:', (error.hints?.length ?? 0) > 0 || error.cause !== undefined);
  console.log('the provider:', provider.ask(error.message, error.code));
}
