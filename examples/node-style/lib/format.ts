export enum Level {
  Info = 'info',
  Warning = 'warning',
}

export class Line {
  constructor(
    private readonly level: Level,
    private readonly text: string,
  ) {}

  toString(): string {
    return `[${this.level}] ${this.text}`;
  }
}

export const format = (level: Level, text: string): string => new Line(level, text).toString();
