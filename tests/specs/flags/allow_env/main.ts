const get = (name: string) => {
  try {
    return Deno.env.get(name);
  } catch (error) {
    return error.name;
  }
};
console.log(get('FIRST'), get('SECOND'));
