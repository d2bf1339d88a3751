export const seal = 'a grant';
