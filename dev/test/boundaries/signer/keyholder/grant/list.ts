export const grant = 'list';
