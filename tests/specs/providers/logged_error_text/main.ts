import { getProvider } from 'prizm';
try {
  await getProvider('file:./throws.ts');
} catch (error) {
  console.log(error);
}
