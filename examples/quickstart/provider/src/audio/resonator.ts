/** A two-pole filter that rings at one frequency, as a throat does (Klatt 1980). */
export class Resonator {
  private gain = 1;
  private first = 0;
  private second = 0;
  private before = 0;
  private beforeThat = 0;

  constructor(private readonly sampleRate: number) {}

  /** `frequency` and `width` are in hertz. */
  tune(frequency: number, width: number): void {
    const radius = Math.exp((-Math.PI * width) / this.sampleRate);
    this.second = -radius * radius;
    this.first = 2 * radius * Math.cos((2 * Math.PI * frequency) / this.sampleRate);
    this.gain = 1 - this.first - this.second;
  }

  pass(sample: number): number {
    const output = this.gain * sample + this.first * this.before + this.second * this.beforeThat;
    this.beforeThat = this.before;
    this.before = output;
    return output;
  }
}
