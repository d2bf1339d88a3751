import type { Anchor } from '../ground/journal/index.ts';
import type { KeyHolderState, MadeSignature } from './read-keyholder.ts';

export interface Comparison {
  readonly newest: { readonly seq: string; readonly hash: string; readonly at: string } | null;
  /** null: there is no anchor; a text: why it can't be read. */
  readonly anchor: Anchor | string | null;
  /** same: the remembered entry is there; missing; other: another entry has its number. */
  readonly remembered: 'same' | 'missing' | 'other' | 'unknown';
  readonly keyHolders: readonly KeyHolderState[];
  /** Signatures without a journal entry. */
  readonly unknownSignatures: readonly MadeSignature[];
  /** Grants that the database says were signed, and that none of the given keyholder journals has. */
  readonly unrecordedGrants: readonly string[];
  /** Released objects in the store without a row. */
  readonly filesWithoutRow: readonly {
    readonly sha256: string;
    readonly sizeBytes: number;
    readonly at: string;
  }[];
  /** Rows whose object the store lacks. */
  readonly rowsWithoutFile: readonly { readonly requestId: string; readonly sha256: string }[];
  readonly accepted: AcceptedState;
  readonly stops: StopsState;
  /** 12 hexadecimal digits of all this. */
  readonly plan: string;
}

export interface AcceptedState {
  readonly file: string;
  /** By the file; null: it is missing; a text with a blank: why it can't be read. */
  readonly inFile: string | null;
  /** By the database: the newest that any signer accepted, with those before it, the newest last. */
  readonly inDatabase: readonly { readonly commit: string; readonly acceptedAt: string }[];
}

export interface StopsState {
  readonly file: string;
  /** Revision of the file of emergency stops; null: it is missing; a text: why it can't be read. */
  readonly revision: number | string | null;
}
