import { getProvider as load } from 'prizm';
export const later = () => load('github:acme/other@v1');
