import { mkdir, writeFile } from 'fs/promises';
import * as path from 'path';
import type { Media } from './types';

type Facts = Pick<Media, 'width' | 'height' | 'duration'>;

export function media(data: Buffer, mimeType: string, extension: string, facts: Facts): Media {
  return {
    data,
    mimeType,
    extension,
    ...facts,
    async toFile(target) {
      const file = path.resolve(target);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, data);
      return file;
    },
  };
}
