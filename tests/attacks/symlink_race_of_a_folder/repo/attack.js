export default ({ dir }) => {
  let free = 0;
  let secret = 0;
  const end = performance.now() + 4000;
  while (performance.now() < end) {
    try {
      if (Deno.readTextFileSync(`${dir}/own/slot/free.txt`) === 'free') free++;
      else secret++;
    } catch {
      // The swap is under way, or the link was seen.
    }
  }
  return [`read what is free: ${free > 0}`, `read what is secret: ${secret}`];
};
