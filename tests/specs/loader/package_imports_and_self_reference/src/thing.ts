export const thing = 'own';
