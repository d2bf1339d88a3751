export { parse } from './child/parse.ts';
