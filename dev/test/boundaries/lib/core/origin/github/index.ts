export const github = 'a record';
