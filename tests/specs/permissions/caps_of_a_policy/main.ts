import { getProvider } from 'prizm';

const provider = await getProvider('github:acme/x@v1.0.0');
try {
  console.log(provider.run('sh'));
} catch (error) {
  console.log(error.message);
}
