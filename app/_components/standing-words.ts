import type { SignatureState } from '../../lib/certificates/standing/index.ts';

/** The same few words wherever a signature is named. */
export const standingWords: Readonly<Record<SignatureState, string>> = {
  good: 'Good',
  'good-before-revocation': 'Good: signed before its certificate was revoked',
  'test-certificate': 'Test certificate: trusted by nobody',
  expired: 'Expired: no timestamp, and its certificate ran out',
  unlisted: 'Its certificate isn’t listed here',
  revoked: 'Revoked: don’t run it',
};
