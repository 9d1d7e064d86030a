/** How the mouth stands for one sound. Frequencies are in hertz. */
export interface Phoneme {
  /** Resonances of the throat and mouth. */
  formants: readonly [number, number, number];
  /** Strength of the vocal cords, 0 to 1. */
  voice: number;
  /** Breath that passes through the whole mouth, 0 to 1. */
  breath: number;
  /** Hiss made at the teeth or lips. */
  hiss?: { level: number; centre: number; width: number };
  milliseconds: number;
}

type Formants = Phoneme['formants'];

const vowel = (milliseconds: number, ...formants: Formants): Phoneme => ({
  formants,
  voice: 1,
  breath: 0.01,
  milliseconds,
});

const sonorant = (milliseconds: number, voice: number, ...formants: Formants): Phoneme => ({
  formants,
  voice,
  breath: 0.01,
  milliseconds,
});

const fricative = (
  milliseconds: number,
  voice: number,
  [level, centre, width]: readonly [number, number, number],
  ...formants: Formants
): Phoneme => ({ formants, voice, breath: 0, hiss: { level, centre, width }, milliseconds });

// Formants of the vowels follow the averages for adult men of Peterson and Barney (1952).
export const PHONEMES = {
  IY: vowel(130, 270, 2290, 3010),
  IH: vowel(95, 390, 1990, 2550),
  EH: vowel(105, 530, 1840, 2480),
  AE: vowel(135, 660, 1720, 2410),
  AA: vowel(145, 730, 1090, 2440),
  AO: vowel(140, 570, 840, 2410),
  UH: vowel(95, 440, 1020, 2240),
  UW: vowel(130, 300, 870, 2240),
  AH: vowel(90, 640, 1190, 2390),
  AX: vowel(60, 500, 1450, 2450),
  ER: vowel(130, 490, 1350, 1690),

  L: sonorant(70, 0.7, 360, 1050, 2700),
  R: sonorant(75, 0.75, 330, 1100, 1500),
  W: sonorant(70, 0.7, 290, 650, 2150),
  Y: sonorant(65, 0.7, 270, 2200, 3000),
  M: sonorant(80, 0.4, 250, 1000, 2200),
  N: sonorant(75, 0.4, 250, 1550, 2500),
  NG: sonorant(85, 0.4, 250, 2000, 2700),

  S: fricative(110, 0, [0.34, 6500, 2200], 320, 1700, 2600),
  Z: fricative(85, 0.35, [0.2, 6300, 2200], 280, 1700, 2600),
  SH: fricative(115, 0, [0.42, 3000, 1300], 320, 1850, 2600),
  ZH: fricative(85, 0.35, [0.25, 2900, 1300], 280, 1850, 2600),
  F: fricative(95, 0, [0.14, 7000, 6000], 340, 1100, 2300),
  V: fricative(65, 0.45, [0.07, 6500, 6000], 280, 1100, 2300),
  TH: fricative(90, 0, [0.12, 6000, 5000], 320, 1400, 2600),
  DH: fricative(50, 0.5, [0.05, 5500, 5000], 280, 1400, 2600),
  HH: { formants: [520, 1500, 2500], voice: 0, breath: 0.16, milliseconds: 65 },

  // A stop is silence (or a murmur), then its burst.
  hold: { formants: [300, 1500, 2500], voice: 0, breath: 0, milliseconds: 50 },
  murmur: { formants: [220, 1300, 2400], voice: 0.14, breath: 0, milliseconds: 45 },
  P: fricative(22, 0, [0.18, 1100, 1500], 320, 900, 2200),
  B: fricative(14, 0.4, [0.1, 900, 1200], 240, 900, 2200),
  T: fricative(28, 0, [0.32, 4300, 2600], 320, 1750, 2650),
  D: fricative(16, 0.4, [0.16, 3900, 2400], 240, 1750, 2650),
  K: fricative(32, 0, [0.3, 1950, 1100], 320, 1950, 2400),
  G: fricative(20, 0.4, [0.16, 1850, 1100], 240, 1950, 2400),

  pause: { formants: [500, 1500, 2500], voice: 0, breath: 0, milliseconds: 60 },
  comma: { formants: [500, 1500, 2500], voice: 0, breath: 0, milliseconds: 230 },
  stop: { formants: [500, 1500, 2500], voice: 0, breath: 0, milliseconds: 380 },
} satisfies Record<string, Phoneme>;

export type PhonemeName = keyof typeof PHONEMES;
