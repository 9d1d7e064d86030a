import { getProvider } from 'prizm';
await getProvider('git+https://GitHub.com/Acme/Echo.git@v1.0.0');
