import { getProvider } from 'prizm';
const ids = [];
for (const text of [
  'https://github.com/acme/echo',
  'https://github.com/acme/echo.git',
  'https://github.com/acme/echo/tree/v1.0.0',
  'https://github.com/acme/echo@v1.0.0',
]) {
  ids.push((await getProvider(text)).id);
}
console.log(ids.join(' '));
