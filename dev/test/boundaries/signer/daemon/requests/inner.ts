export const inner = 'requests';
