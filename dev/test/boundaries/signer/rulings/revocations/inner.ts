export const inner = 'revocations';
