import { getProvider } from 'prizm';
console.log((await getProvider('git+{{git_https}}/acme/echo.git@v1.0.0')).id);
