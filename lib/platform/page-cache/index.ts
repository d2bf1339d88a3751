/** Public pages rendered once for many readers. */
export { cachePages } from './page-cache.ts';
