/**
 * A signature that an installer carries, and what becomes of it. There is one stream for it: a further signature is nested in the
 * first. MsiDigitalSignatureEx is part of what the first one states, so that it stays as it is, whatever hash made it; Windows reads its
 * bytes as they are for each of the signatures.
 */
import type { AuthenticodeSign } from '../../generated/index.ts';
import { oids } from '../../pki/asn1/index.ts';
import type { CmsError } from '../../pki/cms/index.ts';
import {
  findSignatures,
  parseSpcIndirectData,
  verifyPkcs7,
  verifySignerInfo,
  type FoundSignature,
} from '../../pki/cms/index.ts';
import { existingSignature, roundHash } from '../authenticode/index.ts';
import { readExactly } from '../random-access.ts';
import { metadataDigest, signedDigest } from './digest.ts';
import { MsiError, replaceIt, signUnsigned } from './errors.ts';
import { extendedSignatureStream, signatureStream, type MsiPackage } from './package.ts';

/** A whole signature: its certificates and timestamp take some kilobytes. */
const signatureBytesMax = 1024 * 1024;

export interface Existing {
  /** DER ContentInfo. */
  readonly signature: Uint8Array;
  /** Content of MsiDigitalSignatureEx. */
  readonly extended: Uint8Array;
}

/** The signature to add another one to; null: the new one will be alone. Refuses what `sign` doesn't expect. */
export async function existingToKeep(found: MsiPackage, sign: AuthenticodeSign): Promise<Existing | null> {
  const fate = existingSignature(sign);
  if (found.signatures.length > 0 && fate === 'refuse')
    throw new MsiError('ALREADY_SIGNED', 'the installer is signed already', signUnsigned);
  if (found.signatures.length === 0 || fate === 'replace') return null;
  const signature = await streamOf(found, signatureStream);
  if (signature === null) throw invalid('it has no stream DigitalSignature, but others of a signature');
  const extended = await streamOf(found, extendedSignatureStream);
  if (found.signatures.length !== (extended === null ? 1 : 2))
    throw invalid('streams of a signature are there twice');
  // The new signature would be over contents alone, between which bytes can move; and the stream can't be added under the one that is there.
  if (extended === null)
    throw invalid('its signature covers no names and sizes, since MsiDigitalSignatureEx is missing');
  if (!isMetadataDigest(found, extended))
    throw invalid('its MsiDigitalSignatureEx is not the digest of its names and sizes');
  const kept = { signature, extended };
  const { signatures, problems } = findSignatures([signature]);
  const [problem] = problems;
  if (problem !== undefined) throw invalid(problem);
  for (const one of signatures) await requireFit(found, kept, one);
  return kept;
}

/** What Windows would refuse with the new signature in it. By SHA-1, or with no certificate, nobody here can tell. */
async function requireFit(
  { file }: MsiPackage,
  { extended }: Existing,
  { der, signedData }: FoundSignature,
): Promise<void> {
  const statement = attempt(() => parseSpcIndirectData(signedData.encapContentDer ?? new Uint8Array(0)));
  const signerCertificate = attempt(() => verifySignerInfo({ signedData }).certificate);
  if (statement === null || signerCertificate === null) return;
  const digest = await signedDigest(file, extended, statement.algorithm);
  const verified = attempt(() => verifyPkcs7({ pkcs7: der, signerCertificate }, oids.spcIndirectData));
  if (Buffer.compare(digest, statement.digest) !== 0 || verified?.ok === false)
    throw invalid('a signature that it carries does not fit the file');
}

/** null: it throws. Certificates and keys of others make OpenSSL throw all kinds of errors. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** By the hash whose digests are as long. */
const hashes: Readonly<Record<number, string>> = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' };

export function isMetadataDigest({ file }: MsiPackage, extended: Uint8Array): boolean {
  const hash = hashes[extended.length];
  return hash !== undefined && Buffer.compare(metadataDigest(file, hash), extended) === 0;
}

/** What MsiDigitalSignatureEx is to hold. */
export function extendedFor({ file }: MsiPackage, kept: Existing | null, sign: AuthenticodeSign): Uint8Array {
  return kept?.extended ?? metadataDigest(file, roundHash(sign));
}

export function cannotAdd(cause: CmsError): MsiError {
  return invalid(`no signature can be added to the one that is there: ${cause.message}`, cause);
}

/** null: there is none of that very name. */
export async function streamOf({ file, signatures }: MsiPackage, name: string): Promise<Uint8Array | null> {
  const found = signatures.find((child) => child.name === name);
  if (found === undefined) return null;
  if (found.type !== 'stream' || found.sizeBytes > signatureBytesMax)
    throw invalid(`its ${JSON.stringify(name)} is no stream of at most ${signatureBytesMax} bytes`);
  return readExactly(file.open(found), 0, found.sizeBytes);
}

function invalid(message: string, cause?: Error): MsiError {
  return new MsiError('SIGNATURE_INVALID', message, replaceIt, cause === undefined ? undefined : { cause });
}
