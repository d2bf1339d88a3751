import {
  asBitString,
  asSequence,
  asSmallInteger,
  asString,
  bitString,
  Fields,
  integer,
  isUniversal,
  readDer,
  sequence,
  universalTag,
  utf8String,
  type Der,
  type DerNode,
} from '../asn1/index.ts';
import { reading, TspError } from './errors.ts';

/** PKIFailureInfo bit numbers, RFC 3161 §2.4.2. */
const failureInfo = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  addInfoNotAvailable: 17,
  systemFailure: 25,
} as const;

export type TimestampFailure = keyof typeof failureInfo;

/** Longest answer read: tokens with a chain of four are about 8 KiB. */
export const timestampResponseBytesMax = 64 * 1024;
const rejection = 2;

/**
 * ```
 * TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken TimeStampToken OPTIONAL }
 * PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString SEQUENCE OF UTF8String OPTIONAL,
 *   failInfo BIT STRING OPTIONAL }
 * ```
 * RFC 3161 §2.4.2. A token is granted; a failure is a rejection with its reason as text.
 */
export function buildTimestampResponse(
  answer: { readonly token: Uint8Array } | { readonly failure: TimestampFailure; readonly reason: string },
): Der {
  if ('token' in answer) return sequence(sequence(integer(0)), answer.token);
  const words = sequence(utf8String(answer.reason));
  return sequence(sequence(integer(rejection), words, failureBits(failureInfo[answer.failure])));
}

/** A named bit list in DER: bit 0 is the most significant, trailing zero bits are dropped (X.690 §11.2.2). */
function failureBits(bit: number): Der {
  const bytes = new Uint8Array(Math.floor(bit / 8) + 1);
  bytes[bytes.length - 1] = 0x80 >> (bit % 8);
  return bitString(bytes, 7 - (bit % 8));
}

/**
 * DER TimeStampResp → the token (DER ContentInfo, not verified). Throws TspError REFUSED with the authority's text if it
 * granted none, MALFORMED if it isn't an answer.
 */
export function parseTimestampResponse(der: Uint8Array): Uint8Array {
  return reading('TimeStampResp', () => {
    const node = readDer(der, { sizeMax: timestampResponseBytesMax });
    asSequence(node);
    const fields = new Fields(node, 'TimeStampResp');
    const statusInfo = fields.next('status');
    const token = fields.optional((child) => isUniversal(child, universalTag.sequence));
    fields.end();
    asSequence(statusInfo);
    const status = asSmallInteger(new Fields(statusInfo, 'PKIStatusInfo').next('status'));
    // 0 granted, 1 grantedWithMods: only these carry a token.
    if (status > 1) throw new TspError('REFUSED', refusal(status, statusInfo));
    if (token === null) throw new TspError('MALFORMED', `status ${status} without a token`);
    return Uint8Array.from(token.bytes);
  });
}

function refusal(status: number, statusInfo: DerNode): string {
  const words = statusInfo.children
    .filter((child) => isUniversal(child, universalTag.sequence))
    .flatMap((child) => child.children.slice(0, 4).map((text) => asString(text).slice(0, 200)));
  const bits = statusInfo.children.find((child) => isUniversal(child, universalTag.bitString));
  const set = bits === undefined ? new Uint8Array() : asBitString(bits).bytes;
  const names = Object.entries(failureInfo)
    .filter(([, bit]) => ((set[Math.floor(bit / 8)] ?? 0) & (0x80 >> (bit % 8))) !== 0)
    .map(([name]) => name);
  const why = [...names, ...words].join('; ');
  return `the authority refused with status ${status}${why === '' ? '' : `: ${why}`}`;
}
