/** For signer/authorities/revocation/mint-answer-grant.ts alone. */
import { seal, type SigningGrant } from './sealed.ts';

export interface AnswerContent {
  readonly keyLabel: string;
  /** Of the certificate, in hexadecimal digits. */
  readonly serial: string;
  readonly at: Date;
  /** Answers replace one another, so each is a request of its own: eight random hexadecimal digits. */
  readonly random: string;
  /** DER. */
  readonly responseData: Uint8Array;
}

export function grantAnswer(
  { keyLabel, serial, at, random, responseData }: AnswerContent,
  until: Date,
): SigningGrant<'ocsp'> {
  const requestId = `ocsp-${serial}-${at.getTime()}-${random}`;
  return seal<'ocsp'>({ purpose: 'ocsp', keyLabel, requestId }, responseData, until);
}
