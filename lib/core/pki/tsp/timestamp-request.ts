import {
  asBoolean,
  asInteger,
  asOid,
  asSequence,
  asSmallInteger,
  boolean,
  Fields,
  integer,
  isContext,
  isUniversal,
  oid,
  readDer,
  sequence,
  universalTag,
  type Der,
} from '../asn1/index.ts';
import { reading, TspError } from './errors.ts';
import { messageImprint, readMessageImprint, type MessageImprint } from './message-imprint.ts';

export interface TimestampRequest {
  readonly imprint: MessageImprint;
  /** Dotted OID of the policy requested, or null for any. */
  readonly policyOid: string | null;
  readonly nonce: bigint | null;
  /** Whether the answer must include the authority's certificates. */
  readonly certReq: boolean;
}

/** Longest request read: a real one is under 200 bytes. */
export const timestampRequestBytesMax = 4096;
const nonceBitsMax = 256n;

/**
 * ```
 * TimeStampReq ::= SEQUENCE { version INTEGER { v1(1) }, messageImprint MessageImprint,
 *   reqPolicy TSAPolicyId OPTIONAL, nonce INTEGER OPTIONAL, certReq BOOLEAN DEFAULT FALSE,
 *   extensions [0] IMPLICIT Extensions OPTIONAL }
 * ```
 * RFC 3161 §2.4.1. The nonce is random and at least 64 bits long, so that an old answer can't be replayed.
 */
export function buildTimestampRequest(request: TimestampRequest): Der {
  return sequence(
    integer(1),
    messageImprint(request.imprint),
    ...(request.policyOid === null ? [] : [oid(request.policyOid)]),
    ...(request.nonce === null ? [] : [integer(request.nonce)]),
    ...(request.certReq ? [boolean(true)] : []),
  );
}

/**
 * DER TimeStampReq → request. Rejects (TspError): more than 4 KiB, malformed DER, other versions, hashes
 * other than SHA-2, nonces that are negative or over 256 bits, and any extension.
 */
export function parseTimestampRequest(der: Uint8Array): TimestampRequest {
  return reading('TimeStampReq', () => {
    const node = readDer(der, { sizeMax: timestampRequestBytesMax, depthMax: 8, elementsMax: 64 });
    asSequence(node);
    const fields = new Fields(node, 'TimeStampReq');
    const version = asSmallInteger(fields.next('version'));
    if (version !== 1) throw new TspError('MALFORMED', `TimeStampReq of version ${version}; expected 1`);
    const imprint = readMessageImprint(fields.next('messageImprint'));
    const policy = fields.optional((child) => isUniversal(child, universalTag.oid));
    const nonce = fields.optional((child) => isUniversal(child, universalTag.integer));
    const certReq = fields.optional((child) => isUniversal(child, universalTag.boolean));
    if (fields.optional((child) => isContext(child, 0)) !== null) {
      throw new TspError('EXTENSION_UNSUPPORTED', 'no request extension is supported');
    }
    fields.end();
    return {
      imprint,
      policyOid: policy === null ? null : asOid(policy),
      nonce: nonce === null ? null : checkNonce(asInteger(nonce)),
      certReq: certReq === null ? false : asBoolean(certReq),
    };
  });
}

function checkNonce(nonce: bigint): bigint {
  if (nonce >= 0n && nonce >> nonceBitsMax === 0n) return nonce;
  throw new TspError('MALFORMED', `a nonce that is negative or longer than ${nonceBitsMax} bits`);
}
