export const grant = 'file';
