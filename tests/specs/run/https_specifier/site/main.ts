let read = 'read';
try {
  Deno.readTextFileSync('/etc/hostname');
} catch (error) {
  read = error.name;
}
console.log('remote', Deno.args.join(), read);
