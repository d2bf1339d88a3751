export const client = 'database';
