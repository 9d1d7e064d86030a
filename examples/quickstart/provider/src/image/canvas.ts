export type Colour = readonly [red: number, green: number, blue: number];
export type Point = readonly [x: number, y: number];

/** How much of the pixel at `x`, `y` a shape covers, 0 to 1. */
export type Shape = (x: number, y: number) => number;
type Paint = Colour | ((x: number, y: number) => Colour);

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const clamp = (value: number, low = 0, high = 1) => (value < low ? low : value > high ? high : value);
const lerp = (from: number, to: number, part: number) => from + (to - from) * part;

export const mix = (from: Colour, to: Colour, part: number): Colour => [
  lerp(from[0], to[0], part),
  lerp(from[1], to[1], part),
  lerp(from[2], to[2], part),
];

export function hex(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

/** The colour at `part` (0 to 1) of a row of evenly spaced stops. */
export function gradient(stops: readonly Colour[], part: number): Colour {
  const place = clamp(part) * (stops.length - 1);
  const index = Math.min(Math.floor(place), stops.length - 2);
  return mix(stops[index]!, stops[index + 1]!, place - index);
}

/** Colours that change from row to row only; each row is worked out once. */
export function byRow(paint: (y: number) => Colour): Paint {
  let row = Number.NaN;
  let colour: Colour = [0, 0, 0];
  return (_, y) => {
    if (y !== row) [row, colour] = [y, paint(y)];
    return colour;
  };
}

export const everywhere: Shape = () => 1;

/** Turns a distance in pixels, negative inside, into smooth coverage. */
const cover = (distance: number) => clamp(0.5 - distance);

export const disc = (centre: Point, radius: number): Shape => (x, y) =>
  cover(Math.hypot(x - centre[0], y - centre[1]) - radius);

export const stroke = (from: Point, to: Point, width: number): Shape => {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return (x, y) => {
    const along = clamp(((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy));
    return cover(Math.hypot(x - from[0] - dx * along, y - from[1] - dy * along) - width / 2);
  };
};

/** A convex polygon; its corners run clockwise as seen on the screen. */
export const convex = (...corners: Point[]): Shape => {
  const edges = corners.map((from, index) => {
    const to = corners[(index + 1) % corners.length]!;
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    return { from, nx: (to[1] - from[1]) / length, ny: (from[0] - to[0]) / length };
  });
  return (x, y) => cover(Math.max(...edges.map(({ from, nx, ny }) => (x - from[0]) * nx + (y - from[1]) * ny)));
};

/** Everything below the line that `height` draws. */
export const below = (height: (x: number) => number): Shape => (x, y) => cover(height(x) - y);

export class Canvas {
  private readonly pixels: Float32Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Float32Array(width * height * 3);
  }

  /** Lays a shape over what is there. */
  fill(shape: Shape, paint: Paint, box: Partial<Box> = {}): void {
    this.visit(shape, paint, box, (old, ink, part) => lerp(old, ink, part));
  }

  /** Adds a shape's light to what is there. */
  glow(shape: Shape, paint: Paint, box: Partial<Box> = {}): void {
    this.visit(shape, paint, box, (old, light, part) => 1 - (1 - old) * (1 - light * part));
  }

  /** Rows of red, green and blue bytes. A faint ordered pattern keeps gradients free of bands. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.pixels.length);
    const pattern = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];
    for (let pixel = 0; pixel < this.width * this.height; pixel += 1) {
      const x = pixel % this.width;
      const y = Math.floor(pixel / this.width);
      const offset = (pattern[(y % 4) * 4 + (x % 4)]! + 0.5) / 16;
      for (let index = pixel * 3; index < pixel * 3 + 3; index += 1) {
        bytes[index] = Math.floor(clamp(this.pixels[index]!) * 254.99 + offset);
      }
    }
    return bytes;
  }

  private visit(shape: Shape, paint: Paint, box: Partial<Box>, blend: (old: number, ink: number, part: number) => number) {
    const left = Math.floor(clamp(box.left ?? 0, 0, this.width));
    const right = Math.ceil(clamp(box.right ?? this.width, 0, this.width));
    const top = Math.floor(clamp(box.top ?? 0, 0, this.height));
    const bottom = Math.ceil(clamp(box.bottom ?? this.height, 0, this.height));
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const part = shape(x + 0.5, y + 0.5);
        if (part <= 0) continue;
        const ink = typeof paint === 'function' ? paint(x + 0.5, y + 0.5) : paint;
        const at = (y * this.width + x) * 3;
        for (let channel = 0; channel < 3; channel += 1) {
          this.pixels[at + channel] = blend(this.pixels[at + channel]!, ink[channel]!, part);
        }
      }
    }
  }
}
