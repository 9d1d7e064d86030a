export const git = 'git';
