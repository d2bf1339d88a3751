/** The one place where a status answer is granted: based on a register that contains everything published before. */
import { randomBytes } from 'node:crypto';
import type { CertificateSerial } from '#core/ids/index.ts';
import type { CertificateStatus } from '#core/pki/ocsp/index.ts';
import type { SigningGrant } from '../../keyholder/index.ts';
import { grantAnswer } from '../../keyholder/grant/answer.ts';
import { AuthorityError } from './error.ts';
import type { CheckedRevocations } from './last-published.ts';

const grantMilliseconds = 60_000;

/** The status to be stated, and the register that it is based on. */
export interface StatedStatus {
  readonly serial: CertificateSerial;
  readonly status: CertificateStatus;
  readonly revocations: CheckedRevocations;
}

/** Throws REGISTER_SHORT where the answer would contradict the register. */
export function mintAnswerGrant(
  { serial, status, revocations }: StatedStatus,
  about: { readonly keyLabel: string; readonly responseData: Uint8Array },
  at: Date,
): SigningGrant<'ocsp'> {
  if (revocations.has(serial) !== (status.status === 'revoked')) {
    throw new AuthorityError(
      'REGISTER_SHORT',
      `an answer for ${serial} would say ${status.status}, but the register says otherwise: this is a defect of the authority`,
    );
  }
  const random = randomBytes(4).toString('hex');
  return grantAnswer({ ...about, serial, at, random }, new Date(at.getTime() + grantMilliseconds));
}
