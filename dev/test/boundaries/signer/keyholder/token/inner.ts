export const inner = 'token';
