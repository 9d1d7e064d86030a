import { media } from '../media';
import type { PostcardParameters } from '../parameters';
import type { Media } from '../types';
import { Canvas, everywhere, hex, mix } from './canvas';
import { ASCENT, LINE_HEIGHT, lettering, measure, wrap } from './font';
import { drawGulls, drawHills, drawSea, drawSky, type View } from './landscape';
import { drawLighthouse } from './lighthouse';
import { encodePng } from './png';
import { scene } from './scenes';

const WIDTH = 1080;
const HEIGHT = 760;
const FRAME = 26;
const CAPTION = 132;
const PAPER = hex('#f6efe0');
const INK = hex('#3a2f45');

const blockHeight = (lines: string[], scale: number) => ((lines.length - 1) * LINE_HEIGHT + ASCENT) * scale;

/** The largest lettering in which the sentence fits the strip below the picture. */
function fit(text: string): { lines: string[]; scale: number } {
  const room = { width: WIDTH - 4 * FRAME, height: CAPTION - 2 * FRAME };
  for (let scale = 5; scale > 1; scale -= 1) {
    const lines = wrap(text, Math.floor((room.width / scale + 1) / 6));
    if (blockHeight(lines, scale) <= room.height) return { lines, scale };
  }
  return { lines: wrap(text, Math.floor((room.width + 1) / 6)), scale: 1 };
}

function drawFrame(canvas: Canvas, text: string): void {
  const inside = { right: WIDTH - FRAME, bottom: HEIGHT - CAPTION };
  const fibre = (x: number, y: number) => 0.5 + 0.5 * Math.sin(x * 0.9 + Math.sin(y * 1.3) * 3 + y * 0.37);
  for (const side of [{ bottom: FRAME }, { right: FRAME }, { left: inside.right }, { top: inside.bottom }]) {
    canvas.fill(everywhere, (x, y) => mix(PAPER, INK, 0.018 * fibre(x, y)), side);
  }

  const { lines, scale } = fit(text);
  const block = blockHeight(lines, scale);
  lines.forEach((line, index) => {
    const left = Math.round((WIDTH - measure(line) * scale) / 2);
    const top = Math.round(HEIGHT - (CAPTION + block) / 2) + index * LINE_HEIGHT * scale;
    canvas.fill(lettering(line, left, top, scale), INK, { top, bottom: top + LINE_HEIGHT * scale });
  });
}

/** Paints a lighthouse above `text`. */
export function paint(text: string, { scene: name, seed }: PostcardParameters): Media {
  const colours = scene(name);
  const view: View = { width: WIDTH, height: HEIGHT - CAPTION, horizon: 424, sunX: WIDTH * 0.3 };
  const canvas = new Canvas(WIDTH, HEIGHT);
  drawSky(canvas, view, colours, seed);
  drawHills(canvas, view, colours, seed);
  drawSea(canvas, view, colours, seed);
  drawGulls(canvas, view, colours, seed);
  drawLighthouse(canvas, view, colours);
  drawFrame(canvas, text);
  const size = { width: WIDTH, height: HEIGHT };
  return media(encodePng(canvas.toBytes(), WIDTH, HEIGHT), 'image/png', 'png', size);
}
