/** The lines that a terminal shows after `text`: as much of one as progress bars need. */
export function screen(text: string): string[] {
  const lines: string[] = [''];
  let [row, column] = [0, 0];
  // deno-lint-ignore no-control-regex
  for (const [token, count, code] of text.matchAll(/\x1b\[\??(\d*)(?:;\d+)*([A-Za-z])|[^]/g)) {
    const times = Number(count || 1);
    if (token === '\n') row++;
    else if (token === '\r') column = 0;
    else if (code === 'A') row = Math.max(0, row - times);
    else if (code === 'B') row += times;
    else if (code === 'C') column += times;
    else if (code === 'D') column = Math.max(0, column - times);
    else if (code === 'G') column = times - 1;
    else if (code === 'K') lines[row] = count === '2' ? '' : (lines[row] ?? '').slice(0, column);
    else if (code === 'J') lines.splice(row + 1);
    else if (!code) {
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + token + line.slice(column + 1);
      column++;
    }
    while (lines.length <= row) lines.push('');
  }
  return lines.map((line) => line.trimEnd()).filter(Boolean);
}
