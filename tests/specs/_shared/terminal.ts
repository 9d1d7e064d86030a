// Runs Prizm on a terminal of its own, and gives what it writes there.
export async function onTerminal(command: string, act: (seen: () => string, type: (text: string) => Promise<void>) => Promise<void>) {
  const process = new Deno.Command('/usr/bin/script', {
    args: ['-qec', `${Deno.execPath()} ${command}`, '/dev/null'],
    stdin: 'piped',
    stdout: 'piped',
    stderr: 'null',
  }).spawn();
  let text = '';
  const writer = process.stdin.getWriter();
  const reading = (async () => {
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) text += chunk;
  })();
  await act(() => text, (typed) => writer.write(new TextEncoder().encode(typed)));
  await process.status;
  await reading;
  return text;
}

export async function until(seen: () => string, part: string) {
  const end = Date.now() + 20_000;
  while (!seen().includes(part)) {
    if (Date.now() > end) throw new Error(`waited in vain for ${part} in ${seen()}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
