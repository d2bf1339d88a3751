export { plainFile } from './format.ts';
