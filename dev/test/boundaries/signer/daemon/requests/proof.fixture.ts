export const proof = 'says so';
