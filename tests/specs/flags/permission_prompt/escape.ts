try {
  Deno.readTextFileSync('/etc/\x1b[2Jpasswd');
} catch {
  console.log('done');
}
