export const inner = 'database';
