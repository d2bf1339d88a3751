export const pool = 'connections';
