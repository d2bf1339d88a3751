export const send = 'a message';
