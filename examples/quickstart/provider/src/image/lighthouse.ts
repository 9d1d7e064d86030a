import { below, clamp, convex, disc, hex, mix, stroke, type Box, type Canvas, type Colour, type Point, type Shape } from './canvas';
import type { View } from './landscape';
import type { Scene } from './scenes';

const WHITE = hex('#f3ece0');
const RED = hex('#b3302f');
const IRON = hex('#231d33');
const LAMP = hex('#fff3c4');

/** How the tower stands: centre line, heights and half widths in pixels. */
interface Tower {
  x: number;
  foot: number;
  top: number;
  footHalf: number;
  topHalf: number;
}

export function drawLighthouse(canvas: Canvas, view: View, scene: Scene): void {
  const foot = view.horizon - 66;
  const tower: Tower = { x: view.width * 0.755, foot, top: foot - 222, footHalf: 38, topHalf: 25 };
  const lamp: Point = [tower.x, tower.top - 33];
  drawBeam(canvas, lamp, view);
  drawCottage(canvas, tower, scene);
  drawTower(canvas, tower, scene);
  drawLantern(canvas, tower, lamp);
  drawCliff(canvas, view, scene, tower);
}

function drawBeam(canvas: Canvas, lamp: Point, view: View): void {
  const beam = (towards: 1 | -1, tilt: number, spread: number): Shape => (x, y) => {
    const along = (x - lamp[0]) * towards;
    if (along <= 0) return 0;
    const across = Math.abs(y - lamp[1] - along * tilt) / (3 + along * spread);
    return across >= 1 ? 0 : (1 - across ** 2) ** 2 * Math.exp(-along / (view.width * 0.42));
  };
  canvas.glow(beam(-1, -0.1, 0.085), mix([0, 0, 0], LAMP, 0.8), { right: lamp[0], bottom: view.horizon });
  canvas.glow(beam(1, 0.1, 0.11), mix([0, 0, 0], LAMP, 0.7), { left: lamp[0], bottom: view.horizon });
}

/** Lights a round wall from the side where the sun is. */
const rounded = (paint: (x: number, y: number) => Colour, shade: Colour, centre: number, half: (y: number) => number) =>
  (x: number, y: number): Colour => {
    const side = clamp((x - centre) / half(y), -1, 1);
    return mix(paint(x, y), shade, clamp(0.16 + 0.55 * side + 0.3 * side ** 2, 0.06, 0.86));
  };

function drawTower(canvas: Canvas, tower: Tower, scene: Scene): void {
  const { x, foot, top, footHalf, topHalf } = tower;
  const half = (y: number) => topHalf + ((footHalf - topHalf) * (y - top)) / (foot - top);
  const bands = (_: number, y: number) => (Math.floor(((y - top) / (foot - top)) * 7) % 2 === 1 ? RED : WHITE);
  const wall = convex([x - topHalf, top], [x + topHalf, top], [x + footHalf, foot], [x - footHalf, foot]);
  canvas.fill(wall, rounded(bands, scene.rock, x, half), { left: x - footHalf, right: x + footHalf, top, bottom: foot });
  for (const [height, shift] of [[0.24, -4], [0.52, 3], [0.8, -3]] as const) {
    drawWindow(canvas, x + shift, top + (foot - top) * height, 5, 15);
  }
}

function drawWindow(canvas: Canvas, x: number, y: number, half: number, height: number): void {
  const box: Box = { left: x - half - 2, right: x + half + 2, top: y - half - 2, bottom: y + height + 2 };
  const frame = (grow: number): Shape => {
    const arch = disc([x, y], half + grow);
    const pane = convex([x - half - grow, y], [x + half + grow, y], [x + half + grow, y + height + grow], [x - half - grow, y + height + grow]);
    return (px, py) => Math.max(arch(px, py), pane(px, py));
  };
  canvas.fill(frame(1.5), IRON, box);
  canvas.fill(frame(-0.5), (_, py) => mix(LAMP, hex('#f2a541'), clamp((py - y) / height)), box);
}

function drawLantern(canvas: Canvas, { x, top, topHalf }: Tower, lamp: Point): void {
  const box = (left: number, upper: number, right: number, lower: number) =>
    canvas.fill(convex([left, upper], [right, upper], [right, lower], [left, lower]), IRON, { left, right, top: upper, bottom: lower });
  box(x - topHalf - 11, top - 7, x + topHalf + 11, top); // the gallery
  for (let post = -3; post <= 3; post += 1) box(x + post * 11.4 - 1, top - 21, x + post * 11.4 + 1, top - 7);
  box(x - topHalf - 11, top - 23, x + topHalf + 11, top - 20);
  const glass: Box = { left: x - 18, right: x + 18, top: top - 52, bottom: top - 7 };
  const room = convex([glass.left, glass.top], [glass.right, glass.top], [glass.right, glass.bottom], [glass.left, glass.bottom]);
  canvas.fill(room, (px, py) => mix(LAMP, hex('#c9782b'), clamp(Math.hypot(px - lamp[0], py - lamp[1]) / 30)), glass);
  for (const bar of [-18, -6, 6, 18]) box(x + bar - 1, glass.top, x + bar + 1, glass.bottom);
  const roof = convex([x, top - 82], [x + 25, top - 52], [x - 25, top - 52]);
  canvas.fill(roof, rounded(() => RED, IRON, x, () => 25), { left: x - 26, right: x + 26, top: top - 84, bottom: top - 51 });
  canvas.fill(stroke([x, top - 80], [x, top - 98], 2), IRON, { left: x - 4, right: x + 4, top: top - 100, bottom: top - 76 });
  canvas.fill(disc([x, top - 83], 4), IRON, { left: x - 6, right: x + 6, top: top - 90, bottom: top - 76 });
  for (const [reach, light] of [[16, 0.95], [70, 0.34]] as const) {
    canvas.glow((px, py) => Math.exp(-Math.hypot(px - lamp[0], py - lamp[1]) / reach), mix([0, 0, 0], LAMP, light), {
      left: lamp[0] - reach * 5,
      right: lamp[0] + reach * 5,
      top: lamp[1] - reach * 5,
      bottom: lamp[1] + reach * 5,
    });
  }
}

function drawCottage(canvas: Canvas, { x, foot }: Tower, scene: Scene): void {
  const [left, right, eaves] = [x + 44, x + 138, foot - 34];
  const wall = convex([left, eaves], [right, eaves], [right, foot + 20], [left, foot + 20]);
  canvas.fill(wall, (px) => mix(WHITE, scene.rock, 0.45 + (0.25 * (px - left)) / (right - left)), { left, right, top: eaves });
  const roof = convex([left + 12, eaves - 27], [right - 12, eaves - 27], [right + 8, eaves + 2], [left - 8, eaves + 2]);
  canvas.fill(roof, mix(RED, scene.rock, 0.55), { left: left - 10, right: right + 10, top: eaves - 30, bottom: eaves + 4 });
  const chimney = convex([right - 34, eaves - 42], [right - 22, eaves - 42], [right - 22, eaves - 20], [right - 34, eaves - 20]);
  canvas.fill(chimney, mix(RED, scene.rock, 0.7), { left: right - 36, right: right - 20, top: eaves - 44, bottom: eaves - 18 });
  drawWindow(canvas, left + 26, eaves + 14, 5, 9);
  drawWindow(canvas, left + 64, eaves + 14, 5, 9);
}

/** The headland that carries the tower, over everything that stands on it. */
function drawCliff(canvas: Canvas, view: View, scene: Scene, tower: Tower): void {
  const rough = (x: number) => 5 * Math.sin(x / 13) + 3 * Math.sin(x / 5.3) + 2 * Math.sin(x / 2.9);
  const shore = (x: number) => {
    const rise = clamp((x - (tower.x - 290)) / 210);
    const plateau = clamp((x - (tower.x - 110)) / 70);
    const level = view.horizon + 230 * (1 - rise ** 0.5) - 40 * rise ** 2 - 26 * plateau;
    return level + rough(x) * (1 - 0.75 * plateau);
  };
  const rim = mix(scene.rock, scene.sky.at(-2)!, 0.5);
  const grass = mix(scene.rock, mix(scene.hills, [0.25, 0.45, 0.2], 0.4), 0.6);
  const paint = (x: number, y: number): Colour => {
    const depth = y - shore(x);
    const top = x > tower.x - 110 ? grass : rim;
    if (depth < 7) return mix(rim, top, clamp(depth / 7));
    // Ledges lean away from the sea and darken towards the foot of the cliff.
    const ledge = Math.sin(y / 17 + x / 61 + 1.6 * Math.sin(x / 47)) + 0.6 * Math.sin(x / 11 - y / 23);
    const face = mix(scene.rock, rim, clamp(0.13 + 0.11 * ledge) * clamp(1.25 - (x - tower.x + 290) / 560));
    return mix(top, face, clamp((depth - 7) / 10));
  };
  canvas.fill(below(shore), paint, { left: tower.x - 300, top: view.horizon - 110 });
  drawSurf(canvas, view, scene, shore, tower.x - 285);
}

/** Foam where the sea meets the rock. */
function drawSurf(canvas: Canvas, view: View, scene: Scene, shore: (x: number) => number, from: number): void {
  const foam = mix(scene.sun, scene.sea.at(-2)!, 0.35);
  for (let y = view.horizon + 8; y < view.height; y += 6) {
    const near = (y - view.horizon) / (view.height - view.horizon);
    let x = from;
    while (shore(x) > y) x += 1;
    const reach = (3 + 17 * near) * (1.1 + 0.9 * Math.sin(y * 1.7));
    canvas.glow(stroke([x - reach, y], [x + 3, y], 1.2 + 2 * near), mix([0, 0, 0], foam, 0.4), {
      left: x - reach - 4,
      right: x + 6,
      top: y - 5,
      bottom: y + 5,
    });
  }
}
