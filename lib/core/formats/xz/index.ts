/** Reading xz files, strictly and to the last byte. */
export { readXz } from './read-xz.ts';
