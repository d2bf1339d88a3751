/** JAR signatures: what is signed (the signature file), where they go, and how they are read back. */
import { createHash } from 'node:crypto';
import {
  buildDetached,
  detachedSignedAttributes,
  parseSignedData,
  verifyDetached,
} from '../../pki/cms/index.ts';
import { oids } from '../../pki/asn1/index.ts';
import { rsaAndEc } from '../../pki/key-kind/index.ts';
import type { JarSign } from '../../generated/index.ts';
import { requireFree } from './added-names.ts';
import { FormatError, type SignatureHash, type Signing, type Subject } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { rewriteZip, type ZipAddition } from '../zip/index.ts';
import { compareSignedJar } from './compare.ts';
import { compose, signatureFileOf, type Composed } from './compose.ts';
import { manifestMisfit } from './covered.ts';
import { JarError, signUnsigned } from './errors.ts';
import { manifestOfSigned } from './existing.ts';
import { readManifest } from './manifest.ts';
import {
  digestEntries,
  jarBudget,
  manifestOf,
  manifestPath,
  readJar,
  readSmall,
  signaturePath,
  type Jar,
} from './read-jar.ts';
import { nameOf } from './signatures.ts';

/** Up to eight of A to Z, 0 to 9, _ and - (JAR File Specification, "Signature File"). */
const signerNames = ['COUNTERS', ...Array.from({ length: 20 }, (_one, index) => `COUNTE${index + 2}`)];

/** The first name that no signature which stays has. */
function signerName({ signatureFiles }: Jar, sign: JarSign): string {
  const taken = existingSignature(sign) === 'append' ? signatureFiles.map(nameOf) : [];
  const free = signerNames.find((name) => !taken.includes(name));
  if (free === undefined)
    throw new JarError('ALREADY_SIGNED', 'The archive carries too many signatures', signUnsigned);
  return free;
}

const signatureFilePath = (name: string): string => `META-INF/${name}.SF`;

/** With a key of either kind. */
function addedPaths(jar: Jar, sign: JarSign): readonly string[] {
  const name = signerName(jar, sign);
  return [manifestPath, signatureFilePath(name), ...['RSA', 'EC'].map((kind) => `META-INF/${name}.${kind}`)];
}

/** What becomes of signatures that are there. */
export const existingSignature = ({ existingSignature: fate = 'refuse' }: JarSign) => fate;

/** What isn't kept: the manifest, which is written anew in its place, and signatures that are replaced. */
function isOmitted({ signatureFiles }: Jar, sign: JarSign): (path: string) => boolean {
  const replaced = existingSignature(sign) === 'replace' ? signatureFiles.map(({ path }) => path) : [];
  const omitted = new Set([manifestPath, ...replaced]);
  return (path) => omitted.has(path);
}

/** Of the signature, and of what is signed by it. */
const signatureHash = ({ hashAlgorithm = 'sha256' }: JarSign): SignatureHash => hashAlgorithm;
/** Of entries in the manifest, and of its sections in the signature file, which Java takes for one thing, too (`jarsigner -digestalg`). */
const manifestHash = ({ manifestHashAlgorithm = 'sha256' }: JarSign): SignatureHash => manifestHashAlgorithm;

/** The archive, with what signing writes into it. Throws JarError for one that can't be signed. */
export async function composeJar(source: RandomAccessSource, jar: Jar, sign: JarSign): Promise<Composed> {
  const [signature] = jar.signatureFiles;
  if (signature !== undefined && existingSignature(sign) === 'refuse') {
    throw new JarError(
      'ALREADY_SIGNED',
      `The archive is signed already: it has ${signature.path}`,
      signUnsigned,
    );
  }
  if (jar.covered.length === 0) {
    throw new JarError(
      'EMPTY',
      'The archive holds no file that a signature would cover',
      'Submit the archive with its files.',
    );
  }
  const omitted = isOmitted(jar, sign);
  requireFree(
    jar.entries.filter(({ path }) => !omitted(path)),
    addedPaths(jar, sign),
  );
  if (signature !== undefined && existingSignature(sign) === 'append')
    return appended(await manifestOfSigned(source, jar), sign);
  const manifest = await manifestOf(source, jar);
  return compose(manifest, await digestEntries(source, jar, manifestHash(sign)), manifestHash(sign));
}

/** Nothing is added to the manifest: what was signed before has to hold still. */
const appended = (manifest: Uint8Array, sign: JarSign): Composed => ({
  manifest,
  signatureFile: signatureFileOf(manifest, manifestHash(sign)),
  missing: 0,
  stale: 0,
});

export function jarSubject({ signatureFile }: Composed, sign: JarSign): Subject {
  return { digest: digestOf(signatureFile, sign).toString('hex'), content: signatureFile };
}

const digestOf = (content: Uint8Array, sign: JarSign): Buffer =>
  createHash(signatureHash(sign)).update(content).digest();

export const jarSigning: Signing<JarSign> = {
  id: 'jar',
  method: 'JAR',
  rounds: (sign) => [sign],
  outputName: () => null,
  takesName: (path) => signaturePath.test(path) || path.toUpperCase() === manifestPath,
  hash: signatureHash,
  keyUse: () => 'certificate',
  keyTypes: () => rsaAndEc,

  async subject(source, sign) {
    return jarSubject(await composeJar(source, await readJar(source), sign), sign);
  },
  async *embed(source, signature, sign) {
    const jar = await readJar(source);
    const { manifest, signatureFile } = await composeJar(source, jar, sign);
    const name = signerName(jar, sign);
    const omitted = isOmitted(jar, sign);
    // All three look like the files around them.
    const like = jar.manifestEntry ?? jar.covered[0];
    const addition = (path: string, content: Uint8Array): ZipAddition => ({
      path,
      content,
      ...(like === undefined ? {} : { like }),
    });
    yield* rewriteZip(source, jarBudget(), {
      omit: ({ path }) => omitted(path),
      first: [
        addition(manifestPath, manifest),
        addition(signatureFilePath(name), signatureFile),
        addition(blockPath(name, signature), signature),
      ],
    });
  },
  async readBack(source, signedSource, signature, sign) {
    const [jar, signedJar] = [await readJar(source), await readJar(signedSource)];
    const name = signerName(jar, sign);
    const difference = await compareSignedJar(
      { source, jar },
      { source: signedSource, jar: signedJar },
      [manifestPath, signatureFilePath(name), blockPath(name, signature)],
      isOmitted(jar, sign),
    );
    if (difference !== null) throw differs(`the signed archive differs: ${difference}`);
    const [manifest, signatureFile, block] = await Promise.all(
      signedJar.entries.slice(0, 3).map((entry) => readSmall(signedSource, entry)),
    );
    const again = await composeAgain({ source, jar }, { source: signedSource, jar: signedJar }, sign);
    if (!equal(again.manifest, manifest)) throw differs('the manifest is not that of the archive’s entries');
    if (!equal(again.signatureFile, signatureFile))
      throw differs('the signature file is not that of the manifest');
    if (block === undefined || !equal(signature, block))
      throw differs('the signature read back is not the one embedded');
    return { signature: block, subject: jarSubject(again, sign) };
  },

  toBeSigned: ({ content }, sign, signer) =>
    detachedSignedAttributes({
      contentDigest: digestOf(content, sign),
      hash: signatureHash(sign),
      signingTime: signer.time,
      signerCertificate: signer.certificate,
    }),
  assemble: ({ subject, toBeSigned, signature, signer, timestampToken }, sign) =>
    buildDetached({
      signedAttributes: toBeSigned,
      contentDigest: digestOf(subject.content, sign),
      hash: signatureHash(sign),
      signature,
      signerCertificate: signer.certificate,
      chain: signer.chain,
      timestampToken,
    }),
  verify(read, signerCertificate, sign) {
    const { subject } = read;
    const { problems, signature, timestampToken } = verifyDetached({
      signedData: read.signature,
      content: subject.content,
      signerCertificate,
      hash: signatureHash(sign),
    });
    const isSame = digestOf(subject.content, sign).toString('hex') === subject.digest;
    return {
      problems: isSame ? problems : [...problems, 'the signature file has another digest'],
      signature,
      timestampToken,
    };
  },
};

interface OpenJar {
  readonly source: RandomAccessSource;
  readonly jar: Jar;
}

/** Digests of what is there now, and the manifest that was there before: what comes of them has to be what was embedded. */
async function composeAgain(before: OpenJar, after: OpenJar, sign: JarSign): Promise<Composed> {
  if (before.jar.signatureFiles.length > 0 && existingSignature(sign) === 'append') {
    const manifest = await manifestOfSigned(before.source, before.jar);
    const misfit = await manifestMisfit(after.source, after.jar, readManifest(manifest));
    if (misfit !== null) throw differs(misfit);
    return appended(manifest, sign);
  }
  const digests = await digestEntries(after.source, after.jar, manifestHash(sign));
  return compose(await manifestOf(before.source, before.jar), digests, manifestHash(sign));
}

/** The block is named by the key's kind. */
function blockPath(name: string, signature: Uint8Array): string {
  const { signatureAlgorithm } = parseSignedData(signature).signerInfo;
  const ecdsa: readonly string[] = [oids.ecdsaWithSha256, oids.ecdsaWithSha384, oids.ecdsaWithSha512];
  return `META-INF/${name}.${ecdsa.includes(signatureAlgorithm) ? 'EC' : 'RSA'}`;
}

const equal = (one: Uint8Array, other: Uint8Array | undefined): boolean =>
  other !== undefined && Buffer.compare(one, other) === 0;

function differs(message: string): FormatError {
  return new FormatError('DIFFERS', message, signUnsigned);
}
