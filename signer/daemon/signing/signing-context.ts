/** What files are signed with, and how far each has come. */
import type { Options, ReadBack, Signer, Signing, Subject } from '#core/formats/format.ts';
import type { Checked } from '#core/wire/finding/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import { keyFor, type SignTarget } from '../checks/index.ts';
import type { SignatureClaims } from '../claims/index.ts';
import type { FileVersion } from '../file-version/index.ts';
import type { NotRevoked } from '../../rulings/revocations/index.ts';
import type { Evidence } from '../grant/index.ts';
import type { Run } from '../run/index.ts';
import type { TimestampSource } from './timestamp-source.ts';

export interface SigningContext {
  readonly run: Run;
  readonly evidence: Evidence;
  readonly keyHolder: KeyHolder;
  readonly claims: SignatureClaims;
  readonly timestamps: TimestampSource;
  readonly inspector: Inspector;
  readonly signer: Signer;
  /** Throws while signing is stopped. */
  readonly checkBeforeFile: () => Promise<Checked<NotRevoked>>;
  /** Resolves after so many seconds. */
  readonly wait: (seconds: number) => Promise<void>;
}

/** One round of a format's signing, done. */
export interface Signature {
  readonly sign: Options;
  /** The subject as computed by the inspector. */
  readonly subject: Subject;
  /** The signature as read back from the finished file, or from the one beside it. */
  readonly readBack: ReadBack;
  readonly signedAt: Date;
  readonly timestamp: { readonly time: Date; readonly url: string } | null;
}

export interface Round {
  readonly target: SignTarget;
  readonly signing: Signing;
  readonly sign: Options;
  /** From 0. */
  readonly number: number;
  /** null: not computed yet. */
  readonly subject: Subject | null;
  readonly version: FileVersion;
}

/** A round whose octets are known. */
export interface Prepared {
  readonly round: Round;
  readonly subject: Subject;
  readonly toBeSigned: Uint8Array;
}

/** A round whose octets are signed, and journalled as that. */
export interface Signed extends Prepared {
  readonly signature: Uint8Array;
  readonly signedAt: Date;
}

export const keyOf = (
  { evidence }: Pick<SigningContext, 'evidence'>,
  { round: { signing, sign } }: Prepared,
) => keyFor(evidence.governing, signing.keyUse(sign));

export const nameOf = ({ path }: SignTarget): string => path.join(' → ') || 'the file';
