for (const name of ['a.txt', 'b.txt']) {
  try {
    console.log(Deno.readTextFileSync(name).trim());
  } catch (error) {
    console.log(error.name);
  }
}
