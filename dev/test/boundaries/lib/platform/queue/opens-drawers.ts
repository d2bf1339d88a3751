// breaks lib-platform-rooms-through-their-index
export { pool } from '../db/pool.ts';
