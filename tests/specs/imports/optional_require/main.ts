declare const require: (name: string) => unknown;
for (const name of ['not-published-anywhere', './not-here', 'prizm/inner', 'versioned/nothing.js']) {
  try {
    require(name);
    console.log('found', name);
  } catch (error) {
    console.log(name, (error as { code?: string }).code);
  }
}
for (const name of ['npm:not-published-anywhere', 'dual/private.js', 'prizm/inner']) {
  await import(name).catch((error: Error) => console.log(name, error.name));
}
export {};
