/** Author signatures of NuGet packages: what is signed, where it goes, and how it is read back. */
import { createHash } from 'node:crypto';
import type { NugetSign } from '../../generated/index.ts';
import {
  buildSignedData,
  originProblems,
  originSignedAttributes,
  verifySignedData,
} from '../../pki/cms/index.ts';
import { defaultUnpackLimits, UnpackBudget } from '../archive/index.ts';
import type { SignatureHash, Signing, Subject } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { rewriteZip, type ZipAddition } from '../zip/index.ts';
import { requireNugetCertificate } from './certificate.ts';
import { NugetError, packAnew, submitUnsigned } from './errors.ts';
import { signatureName } from './package-names.ts';
import { contentOf, readPackage, type NugetPackage } from './read-package.ts';
import { packageDigest, signatureContent, unsignedDigest } from './unsigned-digest.ts';

/** Signature, certificates and timestamp; nuget.org takes no larger ones either. */
export const signatureBytesMax = 1024 * 1024;

const hashOf = ({ hashAlgorithm }: NugetSign): SignatureHash => hashAlgorithm ?? 'sha256';

const digestOf = (content: Uint8Array, hash: SignatureHash): Uint8Array =>
  createHash(hash).update(content).digest();

function subjectOf(digest: Uint8Array, sign: NugetSign): Subject {
  return {
    digest: Buffer.from(digest).toString('hex'),
    content: signatureContent(digest, hashOf(sign)),
  };
}

/** The package as it is without a signature: by its author's, with a feed's countersignature, it is as if it had never been signed. */
export async function nugetSubject(
  source: RandomAccessSource,
  read: NugetPackage,
  sign: NugetSign,
): Promise<Subject> {
  return subjectOf(await bareDigest(source, read, hashOf(sign)), sign);
}

async function bareDigest(
  source: RandomAccessSource,
  { signature }: NugetPackage,
  hash: SignatureHash,
): Promise<Uint8Array> {
  if (signature === null) return packageDigest(source, hash);
  const digest = createHash(hash);
  for await (const chunk of withoutSignature(source, [])) digest.update(chunk);
  return digest.digest();
}

export const existingSignature = ({ existingSignature: fate = 'refuse' }: NugetSign) => fate;

async function readSignable(source: RandomAccessSource, sign: NugetSign): Promise<NugetPackage> {
  const read = await readPackage(source);
  if (read.signature !== null && existingSignature(sign) === 'refuse')
    throw new NugetError('ALREADY_SIGNED', 'The package is signed already.', submitUnsigned);
  return read;
}

async function* withSignature(source: RandomAccessSource, signature: Uint8Array): AsyncGenerator<Uint8Array> {
  if (signature.length > signatureBytesMax) {
    const message = `The signature takes ${signature.length} bytes; ${signatureBytesMax} are written.`;
    throw new NugetError('SIGNATURE_TOO_LARGE', message, 'Use a shorter chain of certificates.');
  }
  yield* withoutSignature(source, [{ path: signatureName, content: signature }]);
}

function withoutSignature(
  source: RandomAccessSource,
  last: readonly ZipAddition[],
): AsyncGenerator<Uint8Array> {
  const limits = { ...defaultUnpackLimits, unpackedSizeBytesMax: Infinity, entrySizeBytesMax: Infinity };
  const omit = ({ path }: { readonly path: string }): boolean => path === signatureName;
  return rewriteZip(source, new UnpackBudget(limits), { omit, last });
}

export const nugetSigning: Signing<NugetSign> = {
  method: 'NuGet',
  id: 'nuget',
  rounds: (sign) => [sign],
  outputName: () => null,
  hash: hashOf,
  keyUse: () => 'certificate',
  // SigningSpecificationsV1 of NuGet.Client: RSA alone, of 2048 bits or more.
  keyTypes: () => ['rsa'],

  async subject(source, sign) {
    return nugetSubject(source, await readSignable(source, sign), sign);
  },
  async *embed(source, signature, sign) {
    await readSignable(source, sign);
    yield* withSignature(source, signature);
  },
  async readBack(source, signedSource, signature, sign) {
    const hash = hashOf(sign);
    const signed = await readPackage(signedSource);
    const entry = signed.signature;
    if (entry?.sizeBytes !== signature.length) throw differs('its signature is another one');
    const embedded = await contentOf(signedSource, entry);
    if (Buffer.compare(embedded, signature) !== 0) throw differs('its signature is another one');
    const digest = await unsignedDigest(signedSource, signed, hash);
    const read = await readSignable(source, sign);
    if (Buffer.compare(digest, await bareDigest(source, read, hash)) !== 0)
      throw differs('without its signature it isn’t the package that was submitted');
    // The digest doesn't see what the signature's own headers say besides.
    const whole = createHash('sha256');
    for await (const chunk of withSignature(source, signature)) whole.update(chunk);
    if (!whole.digest().equals(await packageDigest(signedSource, 'sha256')))
      throw differs('the headers of its signature aren’t those that were written');
    return { signature: embedded, subject: subjectOf(digest, sign) };
  },

  toBeSigned({ content }, sign, { certificate, time }) {
    requireNugetCertificate(certificate);
    const hash = hashOf(sign);
    return originSignedAttributes({
      contentDigest: digestOf(content, hash),
      hash,
      signingTime: time,
      signerCertificate: certificate,
    });
  },
  assemble: ({ subject, toBeSigned, signature, signer, timestampToken }, sign) =>
    buildSignedData({
      content: subject.content,
      signedAttributes: toBeSigned,
      hash: hashOf(sign),
      signature,
      signerCertificate: signer.certificate,
      chain: signer.chain,
      timestampToken,
    }),
  verify({ signature, subject }, signerCertificate, sign) {
    const { content, digest } = subject;
    const hash = hashOf(sign);
    const verified = verifySignedData({ signedData: signature, content, signerCertificate, hash });
    const problems = [...verified.problems];
    const { signerInfo } = verified.signedData;
    problems.push(...originProblems(signerInfo, signerCertificate));
    if (Buffer.compare(content, signatureContent(Buffer.from(digest, 'hex'), hash)) !== 0)
      problems.push('the signature is about another package');
    return { problems, signature: signerInfo.signature, timestampToken: verified.timestampToken };
  },
};

function differs(why: string): NugetError {
  return new NugetError('DIFFERS', `The signed package differs: ${why}.`, packAnew);
}
