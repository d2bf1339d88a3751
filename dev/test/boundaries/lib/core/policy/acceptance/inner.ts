export const inner = 'acceptance';
