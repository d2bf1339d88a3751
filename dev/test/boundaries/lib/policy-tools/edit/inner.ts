export const inner = 'edit';
