export const sign = 'signature';
