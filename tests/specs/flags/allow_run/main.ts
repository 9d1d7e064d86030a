try {
  const { stdout } = new Deno.Command('echo', { args: ['hi'] }).outputSync();
  console.log(new TextDecoder().decode(stdout).trim());
} catch (error) {
  console.log(error.name);
}
