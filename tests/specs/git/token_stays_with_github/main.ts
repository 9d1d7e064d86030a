import { getProvider } from 'prizm';
await getProvider('git+{{git}}/acme/echo.git@v1');
