try {
  Deno.writeTextFileSync('out.txt', 'text');
  console.log('written');
} catch (error) {
  console.log(error.name);
}
