try {
  Deno.readTextFileSync('/etc/passwd');
  console.log('read');
} catch (error) {
  console.log((error as Error).name);
}
