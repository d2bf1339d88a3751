export const run = 'pass';
