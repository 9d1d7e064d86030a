type Failure = Error & { code?: string; cause?: Error; hints?: string[] };

for (const what of ['github:acme/nothing@v1', 'npm:nothing-there@^1', '{{http}}/none.ts', './none.ts', './throws.ts']) {
  try {
    await import(what);
  } catch (error) {
    const { name, code, message, cause, hints } = error as Failure;
    console.log(`${name} ${code} ${message} | ${cause?.message ?? ''} | ${hints?.join('; ') ?? ''}`);
  }
}
const where = await import('npm:nothing-there@^1').catch((error: Error) => error.stack!);
console.log('at:', where.includes('main.ts:'));
