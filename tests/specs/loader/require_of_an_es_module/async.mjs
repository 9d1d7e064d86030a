export const late = await Promise.resolve(1);
