/** Which signatures a program brings along: said to its readers, and believed by nobody. */
import { X509Certificate } from 'node:crypto';
import {
  findSignatures,
  parseSpcIndirectData,
  verifyAuthenticode,
  verifySignerInfo,
  type Countersignature,
  type FoundSignature,
} from '../../pki/cms/index.ts';
import { info, type Finding } from '../../wire/finding/index.ts';
import { peDigest, type PeDigestAlgorithm } from './digest.ts';
import { PeError } from './errors.ts';
import { extractPeSignatures } from './extract.ts';
import type { PeLayout } from './layout.ts';
import type { RandomAccessSource } from '../random-access.ts';

const nameCharactersMax = 64;

type About = Pick<Finding, 'path' | 'sha256'>;

/** A signed program → one finding that names each signature; nothing for an unsigned one. */
export async function describeSignatures(
  source: RandomAccessSource,
  layout: PeLayout,
  about: About,
): Promise<readonly Finding[]> {
  const count = layout.certificateTable?.entries.length ?? 0;
  if (count === 0) return [];
  const described = await readSignatures(source, layout);
  const { length } = described.signatures;
  const parts = [...described.signatures, ...described.problems];
  const number = Math.max(length, count);
  return [
    info({
      rule: 'pe.signatures',
      message:
        `The program carries ${number === 1 ? 'a signature' : `${number} signatures`}: ${parts.join('; ')}. ` +
        'It is not signed here and stays as it is; whether to trust who signed it was not looked at.',
      found: `${count} in the certificate table, ${Math.max(0, length - count)} nested in them`,
      ...about,
    }),
  ];
}

async function readSignatures(source: RandomAccessSource, layout: PeLayout) {
  try {
    const { signatures, problems } = findSignatures(await extractPeSignatures(source, layout));
    const digests = new Map<PeDigestAlgorithm, Promise<Uint8Array>>();
    const digestOf = (algorithm: PeDigestAlgorithm): Promise<Uint8Array> => {
      const digest = digests.get(algorithm) ?? peDigest(source, layout, algorithm);
      digests.set(algorithm, digest);
      return digest;
    };
    const described: string[] = [];
    for (const signature of signatures) described.push(await describe(signature, digestOf));
    return { signatures: described, problems };
  } catch (error) {
    if (error instanceof PeError) return { signatures: [], problems: [error.message] };
    throw error;
  }
}

async function describe(
  foundSignature: FoundSignature,
  digestOf: (algorithm: PeDigestAlgorithm) => Promise<Uint8Array>,
): Promise<string> {
  const certificate = attempt(() => verifySignerInfo({ signedData: foundSignature.signedData }).certificate);
  const who =
    certificate instanceof Uint8Array ? nameIn(certificate) : 'somebody whose certificate is not there';
  const nested = foundSignature.nesting === 0 ? '' : 'nested, ';
  const dates = foundSignature.countersignatures.map(dateOf);
  return [`${nested}of ${who}`, await fitOf(foundSignature, certificate, digestOf), ...dates].join(', ');
}

/** Whether the signature belongs to this file, as far as its own certificate tells. */
async function fitOf(
  { der, signedData }: FoundSignature,
  signerCertificate: Uint8Array | string | null,
  digestOf: (algorithm: PeDigestAlgorithm) => Promise<Uint8Array>,
): Promise<string> {
  const content = signedData.encapContentDer;
  const statement = content === null ? 'it is detached' : attempt(() => parseSpcIndirectData(content));
  if (typeof statement === 'string') return `which proves nothing (${statement})`;
  if (!(signerCertificate instanceof Uint8Array)) return 'which can’t be verified';
  const digest = await digestOf(statement.algorithm);
  const verified = attempt(() => verifyAuthenticode({ pkcs7: der, peDigest: digest, signerCertificate }));
  if (typeof verified === 'string') return `which proves nothing (${verified})`;
  return verified.ok
    ? 'which fits the file'
    : `which does not fit the file (${verified.problems.join('; ')})`;
}

/** A value, or what is wrong in words: strangers' certificates and keys make OpenSSL throw all kinds of errors. */
function attempt<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function nameIn(certificate: Uint8Array): string {
  const subject = attempt(() => ({ text: new X509Certificate(certificate).subject }));
  if (typeof subject === 'string') return 'somebody whose certificate can’t be read';
  const name = /^CN=(.*)$/m.exec(subject.text)?.[1] ?? subject.text;
  return `“${name
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .slice(0, nameCharactersMax)
    .toWellFormed()}”`;
}

function dateOf({ kind, time }: Countersignature): string {
  const when = time === null ? 'without a time that can be read' : time.toISOString();
  return kind === 'rfc3161' ? `timestamped ${when} (RFC 3161)` : `countersigned ${when} (PKCS#9)`;
}
