import { random } from '../random';
import { below, byRow, clamp, disc, everywhere, gradient, mix, stroke, type Canvas, type Colour } from './canvas';
import type { Scene } from './scenes';

/** Where things lie, in pixels of the picture. */
export interface View {
  width: number;
  height: number;
  horizon: number;
  sunX: number;
}

export function drawSky(canvas: Canvas, view: View, scene: Scene, seed: number): void {
  const { width, horizon, sunX } = view;
  canvas.fill(everywhere, byRow((y) => gradient(scene.sky, (y / horizon) ** 1.15)), { bottom: horizon });
  drawStars(canvas, view, scene, seed);
  drawClouds(canvas, view, scene, seed);
  canvas.glow(
    (x, y) => Math.exp(-Math.hypot((x - sunX) / 1.6, y - horizon) / (width * 0.09)),
    mix(scene.sun, scene.sky.at(-2)!, 0.5),
    { bottom: horizon },
  );
  canvas.fill(disc([sunX, horizon - 14], 46), scene.sun, { bottom: horizon });
}

function drawStars(canvas: Canvas, { width, horizon }: View, scene: Scene, seed: number): void {
  const next = random(seed);
  for (let count = 0; count < 260; count += 1) {
    const [x, y, size] = [next() * width, next() ** 1.6 * horizon * 0.75, 0.5 + next() ** 6 * 1.5];
    const light = scene.stars * (0.3 + 0.7 * next()) * (1 - y / (horizon * 0.8));
    canvas.glow(disc([x, y], size), [light, light, light * 0.95], around(x, y, 4));
  }
}

/** Thin bands of cloud, lit from below. */
function drawClouds(canvas: Canvas, { width, horizon }: View, scene: Scene, seed: number): void {
  const next = random(seed + 1);
  for (let count = 0; count < 9; count += 1) {
    const [x, y] = [next() * width, horizon * (0.42 + 0.46 * next())];
    const [reach, depth, bend] = [90 + 190 * next(), 3 + 6 * next(), next() * 6];
    const lit = mix(gradient(scene.sky, (y / horizon) ** 1.15), scene.sky.at(-1)!, 0.5);
    canvas.fill(
      (px, py) => {
        const along = (px - x) / reach;
        const wave = 3 * Math.sin(px / 41 + bend) + 2 * Math.sin(px / 17 + bend * 2);
        return 0.6 * Math.exp(-(along ** 2) * 3 - (((py - y - wave) / depth) ** 2) / 1.4);
      },
      lit,
      { left: x - reach * 1.5, right: x + reach * 1.5, top: y - 40, bottom: Math.min(y + 40, horizon) },
    );
  }
}

export function drawHills(canvas: Canvas, { horizon }: View, scene: Scene, seed: number): void {
  for (const [layer, height] of [30, 17].entries()) {
    const shift = seed * 1.7 + layer * 40;
    const ridge = (x: number) =>
      horizon - height * (0.55 + 0.3 * Math.sin(x / 97 + shift) + 0.2 * Math.sin(x / 43 + shift * 2)) * clamp((x - 330) / 260);
    canvas.fill(below(ridge), mix(scene.hills, scene.sky.at(-2)!, 0.45 - 0.35 * layer), { top: horizon - 50, bottom: horizon });
  }
}

export function drawSea(canvas: Canvas, { width, height, horizon, sunX }: View, scene: Scene, seed: number): void {
  const depth = height - horizon;
  canvas.fill(everywhere, byRow((y) => gradient(scene.sea, ((y - horizon) / depth) ** 0.7)), { top: horizon });
  const next = random(seed + 2);
  for (let count = 0; count < 900; count += 1) {
    const near = next() ** 1.5;
    const y = horizon + 2 + near * (depth - 4);
    const spread = 40 + near * 190;
    const isGlitter = count % 3 !== 0;
    const x = isGlitter ? sunX + (next() + next() + next() - 1.5) * spread : next() * width;
    const reach = (4 + 26 * next()) * (0.35 + near);
    const light = isGlitter ? 0.55 * (1 - near * 0.6) * next() : 0.1 * next();
    const tint: Colour = mix(scene.sun, scene.sky.at(-2)!, near * 0.7);
    canvas.glow(stroke([x - reach, y], [x + reach, y], 1 + near * 1.6), mix([0, 0, 0], tint, light), {
      left: x - reach - 3,
      right: x + reach + 3,
      top: y - 4,
      bottom: y + 4,
    });
  }
}

export function drawGulls(canvas: Canvas, { width, horizon }: View, scene: Scene, seed: number): void {
  const next = random(seed + 3);
  for (let count = 0; count < 5; count += 1) {
    const [x, y, span] = [width * (0.12 + 0.4 * next()), horizon * (0.3 + 0.35 * next()), 6 + 8 * next()];
    for (const side of [-1, 1]) {
      const [elbow, tip] = [[x + side * span * 0.5, y - span * 0.42], [x + side * span, y - span * 0.12]] as const;
      canvas.fill(stroke([x, y], elbow, 2), scene.rock, around(x, y, span + 4));
      canvas.fill(stroke(elbow, tip, 1.5), scene.rock, around(x, y, span + 4));
    }
  }
}

const around = (x: number, y: number, reach: number) => ({
  left: x - reach,
  right: x + reach,
  top: y - reach,
  bottom: y + reach,
});
