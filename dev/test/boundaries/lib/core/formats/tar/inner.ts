export const inner = 'tar';
