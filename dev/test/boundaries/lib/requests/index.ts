export const submit = 'request';
