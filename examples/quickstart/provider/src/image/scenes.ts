import * as fs from 'fs';
import * as path from 'path';
import yaml from 'js-yaml';
import { z } from 'zod';
import { hex } from './canvas';

const colour = z.string().regex(/^#[0-9a-f]{6}$/).transform(hex);

const scenes = z.record(
  z.object({
    sky: z.array(colour).min(2),
    sea: z.array(colour).min(2),
    sun: colour,
    hills: colour,
    rock: colour,
    stars: z.number().min(0).max(1),
  }),
);

export type Scene = z.infer<typeof scenes>[string];

let loaded: Record<string, Scene> | undefined;

/** The colours called `name` in assets/scenes.yaml, which is read on first use. */
export function scene(name: string): Scene {
  loaded ??= scenes.parse(yaml.load(fs.readFileSync(path.join(__dirname, '../../assets/scenes.yaml'), 'utf8')));
  const found = loaded[name];
  if (found === undefined) throw new RangeError(`There is no scene '${name}' in assets/scenes.yaml`);
  return found;
}
