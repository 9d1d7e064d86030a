import { getProvider } from 'prizm';
console.log((await getProvider('git+{{git}}/acme/echo.git@v1.0.0')).id);
