/** Suggestions for misspelt names. Pure. */
export { didYouMean, suggestName } from './suggest-name.ts';
