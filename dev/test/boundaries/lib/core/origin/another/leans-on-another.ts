// breaks origin-providers-apart
export { github } from '../github/index.ts';
