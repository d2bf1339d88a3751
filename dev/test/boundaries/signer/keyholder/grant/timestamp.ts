export const grant = 'timestamp';
