try {
  Deno.readTextFileSync('main.ts');
} catch (error) {
  console.log(error.name, (await Deno.permissions.query({ name: 'read' })).state === 'granted' ? 'granted' : 'denied');
}
