const name = ['b'].join('');
const { id } = await import(`./plugins/${name}.ts`);
console.log('plug-in', id);
try {
  await import('./plugins/missing.ts');
} catch (error) {
  console.log(error.constructor.name, error.message.includes('missing.ts'));
}
