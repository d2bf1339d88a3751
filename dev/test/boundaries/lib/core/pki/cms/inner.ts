export const inner = 'cms';
