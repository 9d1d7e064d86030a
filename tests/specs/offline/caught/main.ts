import { getProvider } from 'prizm';
try {
  await getProvider(['github:acme', 'a@v1'].join('/'));
} catch (error) {
  console.log(error.name, error.message.includes('github:acme/a@v1'));
}
