/** Names that somebody probably meant. Pure. */
export { didYouMean, suggestName } from './suggest-name.ts';
