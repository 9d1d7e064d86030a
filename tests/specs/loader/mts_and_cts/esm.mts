export const kind: string = import.meta.url.startsWith('file:') ? 'module' : '';
