export const store = 'rows';
