/** Reading bzip2 files, strictly and to the last byte. */
export { readBzip2 } from './read-bzip2.ts';
