export const inner = 'finding';
