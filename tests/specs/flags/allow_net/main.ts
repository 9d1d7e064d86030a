try {
  const response = await fetch(Deno.args[0], { method: 'POST', body: 'hello' });
  console.log(await response.text());
} catch (error) {
  console.log(error.name);
}
