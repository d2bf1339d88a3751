/** The signature behind a cabinet: one DER ContentInfo, and zeros up to a multiple of 8, which its length counts. */
import { Asn1Error, oids, readDer } from '../../pki/asn1/index.ts';
import { CmsError, findSignatures, parseSpcIndirectData, signatureDepthMax } from '../../pki/cms/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import { existingSignature, verifyUpstream } from '../authenticode/index.ts';
import { isZero } from '../archive/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { CabError, replaceIt, signUnsigned } from './errors.ts';
import type { CabHeader } from './header.ts';
import { cabDigest, type SignableCab } from './signed-header.ts';

type About = Pick<Finding, 'path' | 'sha256' | 'policy'>;

const alignment = 8;
const signatureBytesMax = 16 * 1024 * 1024;

export function padded(signature: Uint8Array): Buffer {
  return Buffer.concat([signature, Buffer.alloc((alignment - (signature.length % alignment)) % alignment)]);
}

/** The signature that the cabinet carries, without padding; null: none. */
export async function extractSignature(
  source: RandomAccessSource,
  { signature }: Pick<CabHeader, 'signature'>,
): Promise<Uint8Array | null> {
  if (signature === null) return null;
  const { offset, length } = signature;
  const invalid = (message: string, cause?: unknown) =>
    new CabError('SIGNATURE_INVALID', `carries a signature that ${message}`, signUnsigned, { cause });
  if (length > signatureBytesMax) throw invalid(`takes more than ${signatureBytesMax} bytes`);
  const bytes = await readExactly(source, offset, length);
  const derBytes = outerLength(bytes);
  if (
    derBytes === null ||
    derBytes > length ||
    length - derBytes >= alignment ||
    !isZero(bytes.subarray(derBytes))
  )
    throw invalid('is not one DER value and up to seven zeros');
  const der = Uint8Array.from(bytes.subarray(0, derBytes));
  try {
    readDer(der, { depthMax: signatureDepthMax });
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw invalid(`is malformed: ${cause.message}`, cause);
  }
  return der;
}

/** Bytes of the SEQUENCE at the beginning, with its header; null: there is none. */
function outerLength(bytes: Uint8Array): number | null {
  const [tag = 0, first = 0] = bytes;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (tag !== 0x30 || first === 0x80 || octets > 4 || 2 + octets > bytes.length) return null;
  let length = octets === 0 ? first : 0;
  for (const octet of bytes.subarray(2, 2 + octets)) length = length * 256 + octet;
  return 2 + octets + length;
}

/** The signature that stays; null: the new one will be alone. */
export function keptOf(existing: Uint8Array | null, sign: AuthenticodeSign): Uint8Array | null {
  return existingSignature(sign) === 'replace' ? null : existing;
}

export function cannotAdd(cause: CmsError): CabError {
  const message = `carries a signature that none can be added to: ${cause.message}`;
  return new CabError('SIGNATURE_INVALID', message, replaceIt, { cause });
}

/** Why this signed content isn't about the cabinet, a sentence's end; null: it is. Throws CmsError for what can't be read. */
async function mismatch(
  source: RandomAccessSource,
  cab: SignableCab,
  content: Uint8Array,
): Promise<string | null> {
  const { type, algorithm, digest } = parseSpcIndirectData(content);
  if (type !== oids.spcCabData) return 'it is about another kind of file';
  const own = await cabDigest(source, cab, algorithm);
  return Buffer.compare(own, digest) === 0 ? null : 'it is about another cabinet';
}

/** `verify: authenticode`: what upstream signed is this cabinet. */
export function verifyCabUpstream(
  source: RandomAccessSource,
  cab: SignableCab,
  existing: Uint8Array | null,
  { trust, about }: { readonly trust: UpstreamTrust | null; readonly about: About },
): Promise<readonly Finding[]> {
  return verifyUpstream({
    type: 'cab',
    what: 'cabinet',
    signatures: existing === null ? [] : [existing],
    contentType: oids.spcIndirectData,
    mismatch: (content) => mismatch(source, cab, content),
    trust,
    about,
  });
}

/** Why no signature can be added next to what is there, a sentence's end each: Windows would refuse the file with it. */
export async function brokenSignatures(
  source: RandomAccessSource,
  cab: SignableCab,
  existing: Uint8Array,
): Promise<readonly string[]> {
  const { signatures, problems } = findSignatures([existing]);
  const broken = [...problems];
  for (const { signedData } of signatures) {
    try {
      const problem = await mismatch(source, cab, signedData.encapContentDer ?? new Uint8Array(0));
      if (problem !== null) broken.push(problem);
    } catch (error) {
      if (!(error instanceof CmsError)) throw error;
      // Signatures by SHA-1 are added to, though nobody here verifies them: that is what second signatures were made for.
      if (error.code !== 'ALGORITHM_UNSUPPORTED') broken.push(`one can’t be read: ${error.message}`);
    }
  }
  return broken;
}
