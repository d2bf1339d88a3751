/** Recognises by content what in a file is an archive, a compressed stream or encrypted, and what opens it. */
export { placesOf, rangeOf, readUpTo } from './bytes.ts';
export {
  formatOf,
  isUnpackedElsewhere,
  unpackedElsewhere,
  type Format,
  type FormatId,
  type Opener,
  type Recognised,
  type UnpackedElsewhere,
} from './formats.ts';
export { nameOf, recognise, type Recognition } from './recognise.ts';
export { countedReads, SearchWork } from './search-work.ts';
