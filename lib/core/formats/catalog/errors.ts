import { FormatError } from '../format.ts';

export type CatalogErrorCode =
  'NOT_CATALOG' | 'MALFORMED' | 'TOO_LARGE' | 'SHA1' | 'PAGE_HASHES' | 'TAG_MISMATCH' | 'UNKNOWN_ATTRIBUTE';

/** A file that can't be read, or signed, as a security catalog. */
export class CatalogError extends FormatError<CatalogErrorCode> {
  static override readonly errorName = 'CatalogError';
}

/** The fix that most refusals share. */
export const makeAgain =
  'Make the catalog again with inf2cat, makecat or New-FileCatalog -CatalogVersion 2 and submit the file that it wrote, unsigned and unchanged.';
