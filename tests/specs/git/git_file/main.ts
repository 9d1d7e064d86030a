import { getProvider } from 'prizm';
console.log((await getProvider('git+file://{{root}}/git/acme/echo.git@v1.0.0')).id);
