export const core = { name: 'core' };
