const http = require('http');
const https = require('https');
function get(module: typeof import('http'), url: string): Promise<string> {
  return new Promise((done, fail) => {
    module.get(url, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => done(`${response.statusCode} ${text.trim()}`));
    }).on('error', fail);
  });
}
(async () => {
  console.log(await get(http, '{{http}}/hello.txt'));
  console.log(await get(https, '{{https}}/hello.txt'));
})();
