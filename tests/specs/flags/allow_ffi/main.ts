try {
  const { symbols } = Deno.dlopen('libc.so.6', { labs: { parameters: ['i64'], result: 'i64' } });
  console.log(String(symbols.labs(-8n)));
} catch (error) {
  console.log(error.name);
}
