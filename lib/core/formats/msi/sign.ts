/** Authenticode of Windows Installer's files: what is signed, the file written anew with the signature, and how it is read back. */
import { integer, octetString, oids, sequence } from '../../pki/asn1/index.ts';
import { spcIndirectData } from '../../pki/cms/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import {
  authenticodeAssembly,
  isSignatureAfter,
  roundHash,
  signatureAfter,
  verifyAssembled,
} from '../authenticode/index.ts';
import { writeCompoundFile } from '../cfb/index.ts';
import type { Signing, Subject } from '../format.ts';
import { memorySource } from '../random-access.ts';
import { differenceIn } from './compare.ts';
import { signedDigest } from './digest.ts';
import { MsiError, signUnsigned } from './errors.ts';
import { cannotAdd, existingToKeep, extendedFor, streamOf } from './existing-signature.ts';
import {
  extendedSignatureStream,
  isSignatureStream,
  readPackage,
  signatureStream,
  type MsiPackage,
} from './package.ts';

/** Of Windows' own code for installers, F1100C00-0000-0000-C000-000000000046, as it is stored. */
const subjectInterface = Buffer.from('f1100c0000000000c000000000000046', 'hex');

/** `SpcSipInfo ::= SEQUENCE { version INTEGER, provider OCTET STRING, reserved INTEGER × 5 }`: who computes the digest on Windows. */
const sipInfo = sequence(
  integer(1),
  octetString(subjectInterface),
  ...Array.from({ length: 5 }, () => integer(0)),
);

async function subjectWith(
  { file }: MsiPackage,
  extended: Uint8Array,
  sign: AuthenticodeSign,
): Promise<Subject> {
  const algorithm = roundHash(sign);
  const digest = await signedDigest(file, extended, algorithm);
  const content = spcIndirectData({ type: oids.spcSipInfo, value: sipInfo, algorithm, digest });
  return { digest: Buffer.from(digest).toString('hex'), content };
}

/** Throws MsiError where a signature is in the way. */
export async function msiSubject(found: MsiPackage, sign: AuthenticodeSign): Promise<Subject> {
  const kept = await existingToKeep(found, sign);
  return subjectWith(found, extendedFor(found, kept, sign), sign);
}

export const msiSigning: Signing<AuthenticodeSign> = {
  ...authenticodeAssembly(oids.spcIndirectData),

  async subject(source, sign) {
    return msiSubject(await readPackage(source), sign);
  },
  async *embed(source, signature, sign) {
    const found = await readPackage(source);
    const kept = await existingToKeep(found, sign);
    const extended = extendedFor(found, kept, sign);
    const added = [
      {
        name: signatureStream,
        content: memorySource(signatureAfter(kept?.signature ?? null, signature, cannotAdd)),
      },
      { name: extendedSignatureStream, content: memorySource(extended) },
    ];
    yield* writeCompoundFile(found.file, { added, without: isSignatureStream });
  },
  async readBack(source, signedSource, signature, sign) {
    const before = await readPackage(source);
    const after = await readPackage(signedSource);
    const difference = await differenceIn({ before, after, afterSource: signedSource });
    if (difference !== null) throw differs(`the signed installer differs: ${difference}`);
    const kept = await existingToKeep(before, sign);
    const embedded = await streamOf(after, signatureStream);
    if (embedded === null || !isSignatureAfter(embedded, kept?.signature ?? null, signature))
      throw differs('the signature read back is not the one embedded, next to the one that was there');
    const extended = (await streamOf(after, extendedSignatureStream)) ?? new Uint8Array(0);
    if (Buffer.compare(extended, extendedFor(after, kept, sign)) !== 0)
      throw differs('MsiDigitalSignatureEx holds another digest than that of the names and sizes');
    if (after.signatures.length !== 2) throw differs('streams of a signature are there twice');
    return { signature, subject: await subjectWith(after, extended, sign) };
  },

  verify: verifyAssembled('installer'),
};

function differs(message: string): MsiError {
  return new MsiError('DIFFERS', message, signUnsigned);
}
