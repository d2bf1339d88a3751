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
import { FormatError, type SignatureHash, type Signing, type Subject } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { rewriteZip, type ZipAddition } from '../zip/index.ts';
import { compareSignedJar } from './compare.ts';
import { compose, type Composed } from './compose.ts';
import { JarError, signUnsigned } from './errors.ts';
import {
  digestEntries,
  jarBudget,
  manifestOf,
  manifestPath,
  readJar,
  readSmall,
  type Jar,
} from './read-jar.ts';

/** Up to eight of A to Z, 0 to 9, _ and - (JAR File Specification, "Signature File"). */
const signerName = 'COUNTERS';
const signatureFilePath = `META-INF/${signerName}.SF`;
const blockPaths = { rsa: `META-INF/${signerName}.RSA`, ec: `META-INF/${signerName}.EC` } as const;

/** Of the signature, and of what is signed by it. */
const signatureHash = ({ hashAlgorithm = 'sha256' }: JarSign): SignatureHash => hashAlgorithm;
/** Of entries in the manifest, and of its sections in the signature file, which Java takes for one thing, too (`jarsigner -digestalg`). */
const manifestHash = ({ manifestHashAlgorithm = 'sha256' }: JarSign): SignatureHash => manifestHashAlgorithm;

/** The unsigned archive, with what signing writes into it. Throws JarError for one that can't be signed. */
export async function composeJar(source: RandomAccessSource, jar: Jar, sign: JarSign): Promise<Composed> {
  const [signature] = jar.signatureFiles;
  if (signature !== undefined) {
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
  const manifest = await manifestOf(source, jar);
  return compose(manifest, await digestEntries(source, jar, manifestHash(sign)), manifestHash(sign));
}

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
  hash: signatureHash,
  keyTypes: () => rsaAndEc,

  async subject(source, sign) {
    return jarSubject(await composeJar(source, await readJar(source), sign), sign);
  },
  async *embed(source, signature, sign) {
    const jar = await readJar(source);
    const { manifest, signatureFile } = await composeJar(source, jar, sign);
    // All three look like the files around them.
    const like = jar.manifestEntry ?? jar.covered[0];
    const addition = (path: string, content: Uint8Array): ZipAddition => ({
      path,
      content,
      ...(like === undefined ? {} : { like }),
    });
    yield* rewriteZip(source, jarBudget(), {
      omit: ({ path }) => path === manifestPath,
      first: [
        addition(manifestPath, manifest),
        addition(signatureFilePath, signatureFile),
        addition(blockPath(signature), signature),
      ],
    });
  },
  async readBack(source, signedSource, signature, sign) {
    const [jar, signedJar] = [await readJar(source), await readJar(signedSource)];
    const difference = await compareSignedJar({ source, jar }, { source: signedSource, jar: signedJar }, [
      manifestPath,
      signatureFilePath,
      blockPath(signature),
    ]);
    if (difference !== null) throw differs(`the signed archive differs: ${difference}`);
    const [manifest, signatureFile, block] = await Promise.all(
      signedJar.entries.slice(0, 3).map((entry) => readSmall(signedSource, entry)),
    );
    // Digests of what is there now, and the manifest that was there before: what comes of them has to be what was embedded.
    const digests = await digestEntries(signedSource, signedJar, manifestHash(sign));
    const again = compose(await manifestOf(source, jar), digests, manifestHash(sign));
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

/** The block is named by the key's kind. */
function blockPath(signature: Uint8Array): string {
  const { signatureAlgorithm } = parseSignedData(signature).signerInfo;
  const ecdsa: readonly string[] = [oids.ecdsaWithSha256, oids.ecdsaWithSha384, oids.ecdsaWithSha512];
  return ecdsa.includes(signatureAlgorithm) ? blockPaths.ec : blockPaths.rsa;
}

const equal = (one: Uint8Array, other: Uint8Array | undefined): boolean =>
  other !== undefined && Buffer.compare(one, other) === 0;

function differs(message: string): FormatError {
  return new FormatError('DIFFERS', message, signUnsigned);
}
