// breaks origin-providers-known-to-the-registry-alone
export { github } from './github/index.ts';
