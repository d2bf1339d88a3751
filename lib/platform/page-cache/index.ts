/** Public pages, feeds and answers, made once for many readers. */
export { cacheAnswers } from './answers.ts';
export { openContentMark } from './content-mark.ts';
export { cachePages } from './page-cache.ts';
