import { fail } from 'github:acme/boom/src/fail.ts@v1';
try {
  fail();
} catch (error) {
  console.log('file:', (error as Error).stack!.includes('file:///'));
  throw error;
}
