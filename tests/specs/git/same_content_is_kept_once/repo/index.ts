export const name = 'same';
export const where = import.meta.filename;
