import { createHash } from 'node:crypto';
import {
  asOctetString,
  asOid,
  asSequence,
  Fields,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  type Der,
} from '../asn1/index.ts';
import { algorithmIdentifier, hashOf, readAlgorithm, type HashName } from './algorithms.ts';
import { CmsError, reading } from './errors.ts';

export const digestLengths: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** What an Authenticode signature covers: a kind of file, and the digest of one. */
export interface SpcIndirectData {
  /** OID of the kind of file, for example SPC_PE_IMAGE_DATAOBJ. */
  readonly type: string;
  /** DER of the kind's value. */
  readonly value: Uint8Array;
  readonly algorithm: HashName;
  readonly digest: Uint8Array;
}

/**
 * Writes
 * ```
 * SpcIndirectDataContent ::= SEQUENCE {
 *   data          SEQUENCE { type OBJECT IDENTIFIER, value ANY },
 *   messageDigest DigestInfo }
 * ```
 * (Windows Authenticode Portable Executable Signature Format, "SpcIndirectDataContent").
 */
export function spcIndirectData({ type, value, algorithm, digest }: SpcIndirectData): Der {
  checkLength(algorithm, digest);
  const digestInfo = sequence(algorithmIdentifier(oids[algorithm]), octetString(digest));
  return sequence(sequence(oid(type), value), digestInfo);
}

/** DER SpcIndirectDataContent → its parts. Rejects SHA-1 and a digest whose length is not the hash's. */
export function parseSpcIndirectData(der: Uint8Array): SpcIndirectData {
  return reading('SpcIndirectDataContent', () => {
    const node = readDer(der);
    asSequence(node);
    const content = new Fields(node, 'SpcIndirectDataContent');
    const dataNode = content.next('data');
    asSequence(dataNode);
    const data = new Fields(dataNode, 'SpcAttributeTypeAndOptionalValue');
    const type = asOid(data.next('type'));
    const value = data.next('value').bytes;
    data.end();
    const digestInfo = content.next('messageDigest');
    asSequence(digestInfo);
    content.end();
    const digestFields = new Fields(digestInfo, 'DigestInfo');
    const algorithm = hashOf(readAlgorithm(digestFields.next('digestAlgorithm')));
    const digest = asOctetString(digestFields.next('digest'));
    digestFields.end();
    checkLength(algorithm, digest);
    return { type, value, algorithm, digest };
  });
}

function checkLength(algorithm: HashName, digest: Uint8Array): void {
  if (digest.length !== digestLengths[algorithm]) {
    throw new CmsError('MALFORMED', `a ${algorithm} digest of ${digest.length} bytes`);
  }
}

/**
 * DER of what PKCS#7 v1.5 signs → the digest for the messageDigest attribute. It covers the contents octets
 * only, without tag and length, whose size varies (RFC 2315 §9.3).
 */
export function contentDigest(der: Uint8Array, hash: HashName = 'sha256'): Uint8Array {
  return reading('signed content', () =>
    Uint8Array.from(createHash(hash).update(readDer(der).contents).digest()),
  );
}
