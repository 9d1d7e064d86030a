const response = await fetch('{{http}}/echo', { method: 'POST', body: 'hello' });
console.log(await response.text());
