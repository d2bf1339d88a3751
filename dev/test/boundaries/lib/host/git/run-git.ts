export const git = 'runner';
