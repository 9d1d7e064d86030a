import type { Shape } from './canvas';

/**
 * A typeface of 5 by 7 pixels, with two more rows for tails. A glyph is its rows from top to bottom; a row is
 * one base-32 digit whose five bits are its pixels from left to right. In `A`: e is .###. and h is #...#.
 */
const GLYPHS: Record<string, string> = {
  ' ': '0000000', A: 'ehhvhhh', B: 'uhhuhhu', C: 'ehggghe', D: 'uhhhhhu', E: 'vgguggv', F: 'vgguggg',
  G: 'ehgnhhf', H: 'hhhvhhh', I: 'e44444e', J: '72222ic', K: 'hikokih', L: 'ggggggv', M: 'hrllhhh',
  N: 'hppljjh', O: 'ehhhhhe', P: 'uhhuggg', Q: 'ehhhlid', R: 'uhhukih', S: 'fgge11u', T: 'v444444',
  U: 'hhhhhhe', V: 'hhhhaa4', W: 'hhhllrh', X: 'hha4ahh', Y: 'hha4444', Z: 'v1248gv', a: '00e1fhf',
  b: 'gguhhhu', c: '00egghe', d: '11fhhhf', e: '00ehvge', f: '698s888', g: '00fhhhf1e', h: 'gguhhhh',
  i: '40c444e', j: '20622222c', k: 'ggikoki', l: 'c44444e', m: '00qllll', n: '00uhhhh', o: '00ehhhe',
  p: '00uhhhugg', q: '00fhhhf11', r: '00mpggg', s: '00fge1u', t: '88s8896', u: '00hhhjd', v: '00hhha4',
  w: '00hllla', x: '00ha4ah', y: '00hhhhf1e', z: '00v248v', 0: 'ehjlphe', 1: '4c4444e', 2: 'eh1248v',
  3: 'v2421he', 4: '26aiv22', 5: 'vgu11he', 6: '68guhhe', 7: 'v124888', 8: 'ehhehhe', 9: 'ehhf12c',
  '.': '00000cc', ',': '00000cc48', ':': '0cc0cc0', ';': '00cc0cc48', '!': '4444404', '?': 'eh12404',
  "'": '4480000', '"': 'aaa0000', '-': '000e000', '_': '000000v', '+': '044v440', '=': '00v0v00',
  '/': '11248gg', '(': '2488842', ')': '8422248', '&': 'cicaiid', '@': 'ehnlmgf', '#': 'aavavaa',
  '*': '04lel40', '%': 'pp248jj',
};

const COLUMNS = 5;
/** Rows above the line that letters stand on. */
export const ASCENT = 7;
const MISSING = 'vhhhhhv';

export const LINE_HEIGHT = ASCENT + 4;

/** Width of a line in the typeface's own pixels. */
export const measure = (line: string) => Math.max(0, line.length * (COLUMNS + 1) - 1);

/** Breaks text into lines of at most `limit` letters, splitting words that are longer. */
export function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((part) => part.match(new RegExp(`.{1,${limit}}`, 'gu')) ?? [])) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** A line of text whose top left corner is at `left`, `top`; each pixel of the typeface is `scale` wide. */
export function lettering(line: string, left: number, top: number, scale: number): Shape {
  const bitmaps = [...line.normalize('NFKD').replace(/[\u0300-\u036f]/g, '')].map((letter) => {
    const glyph = GLYPHS[letter] ?? MISSING;
    return [...glyph].map((digit) => Number.parseInt(digit, 32));
  });
  return (x, y) => {
    const column = Math.floor((x - left) / scale);
    const row = Math.floor((y - top) / scale);
    if (column < 0 || row < 0) return 0;
    const bits = bitmaps[Math.floor(column / (COLUMNS + 1))]?.[row] ?? 0;
    const bit = COLUMNS - 1 - (column % (COLUMNS + 1));
    return bit >= 0 ? (bits >> bit) & 1 : 0;
  };
}
