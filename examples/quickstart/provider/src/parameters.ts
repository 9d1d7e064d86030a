import { z } from 'zod';

export const sentence = z
  .string()
  .trim()
  .min(1, 'there is nothing to say')
  .max(400, 'a postcard holds 400 characters');

export const voiceParameters = z
  .object({
    /** Pitch of the voice in hertz. */
    pitch: z.number().min(60).max(300).default(116),
    /** 1 is an even reading pace; 2 is twice as fast. */
    speed: z.number().min(0.5).max(2).default(1),
  })
  .strict();

export const postcardParameters = z
  .object({
    scene: z.enum(['dusk', 'night', 'dawn']).default('dusk'),
    /** Another seed moves the stars, the waves and the hills. */
    seed: z.number().int().nonnegative().default(7),
  })
  .strict();

export type VoiceParameters = z.infer<typeof voiceParameters>;
export type PostcardParameters = z.infer<typeof postcardParameters>;
