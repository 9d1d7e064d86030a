import { getProvider } from 'prizm';
export const later = () => getProvider('github:acme/other@v1');
