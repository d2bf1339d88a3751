export const inner = 'typed';
