/** A configuration before it is written: elements with comments. */
import type { FormatType } from '../formats/format.ts';
import type { Metadata } from './metadata.ts';
import type { Treatment } from './treatment.ts';

export interface DraftBody {
  readonly type: FormatType;
  readonly metadata: Metadata;
  readonly verify: boolean;
  readonly method: Treatment['method'];
  readonly opaque: boolean;
  readonly follows: Treatment['follows'];
  readonly contents: readonly DraftElement[] | null;
}

export interface DraftPattern {
  readonly path: string;
  /** null: exactly one. */
  readonly min: 0 | 1 | null;
  readonly metadata: Metadata;
}

export type DraftElement =
  | {
      readonly is: 'files';
      readonly comment: string;
      readonly patterns: readonly DraftPattern[];
      readonly body: DraftBody;
    }
  | {
      readonly is: 'directory';
      readonly path: string;
      readonly contents: readonly DraftElement[];
    };

export const plainBody = (type: FormatType): DraftBody => ({
  type,
  metadata: {},
  verify: false,
  method: null,
  opaque: false,
  follows: null,
  contents: null,
});
