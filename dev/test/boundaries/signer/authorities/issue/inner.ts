export const inner = 'issue';
