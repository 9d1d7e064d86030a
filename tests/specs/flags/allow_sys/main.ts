const kind = (read: () => unknown) => {
  try {
    return typeof read();
  } catch (error) {
    return error.name;
  }
};
console.log(kind(() => Deno.hostname()), kind(() => Deno.osRelease()));
