export const canonical = 'json';
