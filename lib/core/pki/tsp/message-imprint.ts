import {
  asNull,
  asOctetString,
  asOid,
  asSequence,
  Fields,
  nullValue,
  octetString,
  oid,
  oids,
  sequence,
  type Der,
  type DerNode,
} from '../asn1/index.ts';
import type { HashName } from '../cms/index.ts';
import { TspError } from './errors.ts';

/** What is timestamped: a digest and how it was made. */
export interface MessageImprint {
  readonly hash: HashName;
  readonly digest: Uint8Array;
}

const byOid = new Map<string, { readonly hash: HashName; readonly bytes: number }>([
  [oids.sha256, { hash: 'sha256', bytes: 32 }],
  [oids.sha384, { hash: 'sha384', bytes: 48 }],
  [oids.sha512, { hash: 'sha512', bytes: 64 }],
]);

/** `MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }`, RFC 3161 §2.4.1. */
export function messageImprint({ hash, digest }: MessageImprint): Der {
  for (const [dotted, known] of byOid) {
    if (known.hash !== hash) continue;
    if (known.bytes !== digest.length) break;
    return sequence(sequence(oid(dotted), nullValue()), octetString(digest));
  }
  throw new TspError('ALGORITHM_UNSUPPORTED', `a digest of ${digest.length} bytes is not a ${hash} digest`);
}

/** Rejects hashes other than SHA-256, SHA-384 and SHA-512, and digests whose length isn't their hash's. */
export function readMessageImprint(node: DerNode): MessageImprint {
  asSequence(node);
  const fields = new Fields(node, 'MessageImprint');
  const algorithm = fields.next('hashAlgorithm');
  const digest = Uint8Array.from(asOctetString(fields.next('hashedMessage')));
  fields.end();

  asSequence(algorithm);
  const members = new Fields(algorithm, 'AlgorithmIdentifier');
  const dotted = asOid(members.next('algorithm'));
  // RFC 5754 §2: parameters are absent, and NULL is accepted.
  const parameters = members.optional(() => true);
  if (parameters !== null) asNull(parameters);
  members.end();

  const known = byOid.get(dotted);
  if (known === undefined) {
    throw new TspError('ALGORITHM_UNSUPPORTED', `hash ${dotted}; use SHA-256, SHA-384 or SHA-512`);
  }
  if (digest.length !== known.bytes) {
    throw new TspError('MALFORMED', `a ${known.hash} digest of ${digest.length} bytes`);
  }
  return { hash: known.hash, digest };
}
