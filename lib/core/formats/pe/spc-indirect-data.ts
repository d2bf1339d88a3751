import {
  asOctetString,
  asOid,
  asSequence,
  bitString,
  bmpBytes,
  explicit,
  Fields,
  implicitPrimitive,
  isUniversal,
  nullValue,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  universalTag,
  type Der,
} from '../../asn1/index.ts';
import { PeError, signUnsigned } from './errors.ts';
import type { PeDigestAlgorithm } from './digest.ts';

const algorithmByLength = new Map<number, PeDigestAlgorithm>([
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
]);

/**
 * Authenticode digest (32, 48 or 64 bytes) → DER SpcIndirectDataContent, what the signature is about:
 * ```
 * SpcIndirectDataContent ::= SEQUENCE {
 *   data          SEQUENCE { type OBJECT IDENTIFIER (SPC_PE_IMAGE_DATAOBJ), value SpcPeImageData },
 *   messageDigest DigestInfo }
 * SpcPeImageData ::= SEQUENCE { flags BIT STRING, file [0] EXPLICIT SpcLink }
 * SpcLink ::= CHOICE { ..., file [2] EXPLICIT SpcString }   SpcString ::= CHOICE { unicode [0] BMPString, ... }
 * ```
 * The specification fixes the file name to the text `<<<Obsolete>>>`.
 */
export function peSpcIndirectData(digest: Uint8Array): Der {
  const algorithm = algorithmByLength.get(digest.length);
  if (algorithm === undefined) {
    const message = `a digest of ${digest.length} bytes; expected 32, 48 or 64`;
    throw new PeError('SIGNATURE_INVALID', 0, message, 'Pass the digest that peDigest computes.');
  }
  const file = explicit(0, explicit(2, implicitPrimitive(0, bmpBytes('<<<Obsolete>>>'))));
  const image = sequence(bitString(new Uint8Array(0)), file);
  const digestInfo = sequence(sequence(oid(oids[algorithm]), nullValue()), octetString(digest));
  return sequence(sequence(oid(oids.spcPeImageData), image), digestInfo);
}

/** DER SpcIndirectDataContent → the digest it states. Rejects other subjects than PE and other hashes than SHA-2. */
export function parsePeSpcIndirectData(der: Uint8Array): {
  readonly algorithm: PeDigestAlgorithm;
  readonly digest: Uint8Array;
} {
  const content = new Fields(readDer(der), 'SpcIndirectDataContent');
  const data = asSequence(content.next('data'));
  const digestInfo = new Fields(content.next('messageDigest'), 'DigestInfo');
  content.end();
  const identifier = new Fields(digestInfo.next('digestAlgorithm'), 'AlgorithmIdentifier');
  const name = asOid(identifier.next('algorithm'));
  identifier.optional((node) => isUniversal(node, universalTag.null));
  identifier.end();
  const digest = asOctetString(digestInfo.next('digest'));
  digestInfo.end();
  const algorithm = algorithmByLength.get(digest.length);
  const type = data[0] === undefined ? '' : asOid(data[0]);
  if (type !== oids.spcPeImageData || algorithm === undefined || oids[algorithm] !== name) {
    const message = `the signature is about ${type || 'nothing'} with hash ${name} of ${digest.length} bytes; expected a PE image and SHA-2`;
    throw new PeError('SIGNATURE_INVALID', 0, message, signUnsigned);
  }
  return { algorithm, digest };
}
