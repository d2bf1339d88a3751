export { inner } from './token/index.ts';
