const draw = (seed: string) => {
  const args = ['run', `--seed=${seed}`, 'draw.ts'];
  const output = new Deno.Command(Deno.execPath(), { args }).outputSync();
  return new TextDecoder().decode(output.stdout);
};
const [first, again, other] = [draw('42'), draw('42'), draw('43')];
console.log(first.length > 10, first === again, first === other);
