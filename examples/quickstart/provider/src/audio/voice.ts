import { media } from '../media';
import type { VoiceParameters } from '../parameters';
import { random } from '../random';
import type { Media } from '../types';
import { pronounce } from './letters';
import { PHONEMES, type Phoneme } from './phonemes';
import { Resonator } from './resonator';
import { encodeWav } from './wav';

const SAMPLE_RATE = 44_100;
const STEP = 44; // samples between two moves of the mouth: one millisecond
const EASE = 0.09; // how far the mouth moves towards its target in a step
const SILENCE = Math.round(0.25 * SAMPLE_RATE);
const UPPER_FORMANTS = [3500, 4500];
const WIDTHS = [70, 100, 140];

interface Mouth {
  formants: number[];
  voice: number;
  breath: number;
  hiss: number;
}

/** The flow of air through the vocal cords in one cycle, `phase` 0 to 1. */
function glottis(phase: number): number {
  if (phase < 0.4) return Math.sin((Math.PI * phase) / 0.8) ** 2 * 0.6;
  if (phase < 0.56) return Math.cos((Math.PI * (phase - 0.4)) / 0.32) * 0.6;
  return 0;
}

function ease(mouth: Mouth, target: Phoneme): void {
  const toward = (from: number, to: number, rate: number) => from + (to - from) * rate;
  mouth.formants = mouth.formants.map((from, index) => toward(from, target.formants[index]!, EASE));
  mouth.voice = toward(mouth.voice, target.voice, EASE * 1.6);
  mouth.breath = toward(mouth.breath, target.breath, EASE * 1.6);
  mouth.hiss = toward(mouth.hiss, target.hiss?.level ?? 0, EASE * 3);
}

function synthesize(sounds: Phoneme[], { pitch, speed }: VoiceParameters): Float32Array {
  const lengths = sounds.map((sound) => Math.round(((sound.milliseconds / speed) * SAMPLE_RATE) / 1000));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const output = new Float32Array(total + 2 * SILENCE);
  const noise = random(1);
  const throat = [...WIDTHS, 200, 250].map(() => new Resonator(SAMPLE_RATE));
  const teeth = new Resonator(SAMPLE_RATE);
  const mouth: Mouth = { formants: [500, 1500, 2500], voice: 0, breath: 0, hiss: 0 };
  let phase = 0;
  let flowBefore = 0;
  let pulseBefore = 0;
  let at = 0;

  const speakFor = (length: number, sound: Phoneme) => {
    for (let count = 0; count < length; count += 1, at += 1) {
      if (count % STEP === 0) {
        ease(mouth, sound);
        mouth.formants.forEach((formant, index) => throat[index]!.tune(formant, WIDTHS[index]!));
        UPPER_FORMANTS.forEach((formant, index) => throat[index + 3]!.tune(formant, 200 + 50 * index));
        if (sound.hiss) teeth.tune(sound.hiss.centre, sound.hiss.width);
      }
      const seconds = at / SAMPLE_RATE;
      // The voice sinks over the sentence, swings a little and is never quite steady.
      const melody = 1.12 - 0.24 * (at / output.length) + 0.05 * Math.sin(seconds * 3.1) + 0.012 * Math.sin(seconds * 32);
      phase = (phase + (pitch * melody) / SAMPLE_RATE) % 1;
      const flow = glottis(phase);
      const air = noise() * 2 - 1;
      const pulse = flow - flowBefore;
      // Lips radiate high notes best: without the second difference the upper formants drown.
      let sample = (pulse - 0.9 * pulseBefore) * 60 * mouth.voice + air * mouth.breath;
      flowBefore = flow;
      pulseBefore = pulse;
      for (const resonator of throat) sample = resonator.pass(sample);
      output[at] = sample + teeth.pass(air) * mouth.hiss;
    }
  };

  const silent = PHONEMES.stop;
  speakFor(SILENCE, silent);
  sounds.forEach((sound, index) => speakFor(lengths[index]!, sound));
  speakFor(output.length - at, silent);
  return output;
}

/** A small stone room: four echoes, each duller than the last. */
function room(samples: Float32Array): void {
  for (const [milliseconds, gain] of [[23, 0.14], [37, 0.11], [61, 0.07], [89, 0.05]] as const) {
    const delay = Math.round((milliseconds * SAMPLE_RATE) / 1000);
    let dulled = 0;
    for (let index = delay; index < samples.length; index += 1) {
      dulled += (samples[index - delay]! - dulled) * 0.3;
      samples[index] = samples[index]! + dulled * gain;
    }
  }
}

function normalize(samples: Float32Array): void {
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 1e-9);
  samples.forEach((sample, index) => {
    samples[index] = (sample / peak) * 0.89;
  });
}

/** Reads `text` aloud. */
export function speak(text: string, parameters: VoiceParameters): Media {
  const samples = synthesize(
    pronounce(text).map((name) => PHONEMES[name]),
    parameters,
  );
  room(samples);
  normalize(samples);
  return media(encodeWav(samples, SAMPLE_RATE), 'audio/wav', 'wav', { duration: samples.length / SAMPLE_RATE });
}
