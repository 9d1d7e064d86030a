for (const part of ['ext:prizm/isolate/membrane.ts', 'ext:prizm/ops.ts', 'ext:core/ops']) {
  try {
    console.log(Object.keys(await import(part)));
  } catch (error) {
    console.log(error.name);
  }
}
