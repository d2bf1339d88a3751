export const grant = 'answer';
