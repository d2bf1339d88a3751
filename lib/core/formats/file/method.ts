import type { Signing } from '../format.ts';
import type { FileOptions } from './options.ts';

/** One way to sign a file of any kind; what all have in common is in `format.ts`. */
export type Method = Omit<
  Signing<FileOptions>,
  'id' | 'method' | 'rounds' | 'hash' | 'keyUse' | 'keyTypes' | 'outputName' | 'takesName' | 'holdsFile'
>;
