import type { KnownRevocation } from './revoked.ts';

/**
 * From the best to the worst:
 * - `good`
 * - `good-before-revocation`: a timestamp proves that it is older than the date from which its certificate is revoked
 * - `test-certificate`: made for trying out, and trusted by nobody
 * - `expired`: it has no timestamp, and its certificate has expired
 * - `unlisted`: the foundation's list has no such certificate, so that nobody can say
 * - `revoked`: made at or after the date, or nobody can tell when
 */
export const signatureStates = [
  'good',
  'good-before-revocation',
  'test-certificate',
  'expired',
  'unlisted',
  'revoked',
] as const;
export type SignatureState = (typeof signatureStates)[number];

/** Whose name a certificate carries: the foundation's, or the project's own, from another authority, which alone revokes it. */
export type Publisher = 'foundation' | 'project';

export interface SignatureStanding {
  readonly state: SignatureState;
  /** What its certificate is revoked by; null: it isn't. */
  readonly revocation: KnownRevocation | null;
  /** null: nobody can say, for the foundation's list has no such certificate. */
  readonly publisher: Publisher | null;
}

/** The worst of a release's signatures, and how many there are of each kind. `publisher`: the project as soon as one names it. */
export interface ReleaseStanding extends SignatureStanding {
  readonly counts: Readonly<Record<SignatureState, number>>;
}

export function worstOf(left: SignatureState, right: SignatureState): SignatureState {
  return signatureStates.indexOf(left) > signatureStates.indexOf(right) ? left : right;
}

/** Signatures of files that nobody should run, and that nobody downloads without a warning. */
export const isRefused = (state: SignatureState): boolean => state === 'revoked';
