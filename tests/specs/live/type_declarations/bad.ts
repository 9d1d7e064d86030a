import { getProvider, MediaCapability } from 'prizm';
export const wrong: number = MediaCapability.TEXT_TO_AUDIO;
export const promise: string = getProvider('x');
