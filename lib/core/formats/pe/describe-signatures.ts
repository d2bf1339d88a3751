/** Which signatures a program brings along: said to its readers, and believed by nobody. What is verified, upstream.ts verifies. */
import { X509Certificate } from 'node:crypto';
import {
  findSignatures,
  parseSpcIndirectData,
  verifyAuthenticode,
  verifySignerInfo,
  type Countersignature,
  type FoundSignature,
} from '../../pki/cms/index.ts';
import { fail, info, type Finding } from '../../wire/finding/index.ts';
import { digestsOf, type PeDigestAlgorithm } from './digest.ts';
import { PeError, replaceIt } from './errors.ts';
import { extractPeSignatures } from './extract.ts';
import type { PeLayout } from './layout.ts';
import type { RandomAccessSource } from '../random-access.ts';

const nameCharactersMax = 64;

type About = Pick<Finding, 'path' | 'sha256'>;

/** What becomes of the signatures, as the last sentence says it. */
const fates = {
  kept: 'It is not signed here and stays as it is; whether its signers are to be trusted was not checked.',
  append: 'They stay, and the new one is added; whether their signers are to be trusted was not checked.',
  replace: 'The new one takes their place.',
} as const;

/** The same of a program whose signatures were verified, each with a finding of its own. */
export function verifiedFate(fate: 'append' | 'replace', about: About): Finding {
  const message =
    fate === 'append'
      ? 'What upstream signed stays, and the new signature is added.'
      : 'The new signature takes the place of what upstream signed.';
  return info({ rule: 'pe.signatures', message, ...about });
}

/**
 * A signed program → one finding that names each signature; nothing for an unsigned one. Where another is to be added, a
 * second one refuses what Windows would refuse with it: a signature that can't be read, or is about another file.
 */
export async function describeSignatures(
  source: RandomAccessSource,
  layout: PeLayout,
  about: About,
  fate: keyof typeof fates = 'kept',
): Promise<readonly Finding[]> {
  const count = layout.certificateTable?.entries.length ?? 0;
  if (count === 0) return [];
  const described = await readSignatures(source, layout);
  const { length } = described.signatures;
  const parts = [...described.signatures.map(({ text }) => text), ...described.problems];
  const number = Math.max(length, count);
  const named = info({
    rule: 'pe.signatures',
    message:
      `The program carries ${number === 1 ? 'a signature' : `${number} signatures`}: ${parts.join('; ')}. ` +
      fates[fate],
    found: `${count} in the certificate table, ${Math.max(0, length - count)} nested in them`,
    ...about,
  });
  const broken = [
    ...described.problems,
    ...described.signatures.filter(({ fits }) => fits === false).map(({ text }) => `one ${text}`),
  ];
  if (fate !== 'append' || broken.length === 0) return [named];
  const refused = fail({
    rule: 'pe.existing-signature',
    message: `No signature can be added next to what the program carries: ${broken.join('; ')}.`,
    expected: 'signatures that fit the file',
    fix: replaceIt,
    ...about,
  });
  return [named, refused];
}

async function readSignatures(source: RandomAccessSource, layout: PeLayout) {
  try {
    const { signatures, problems } = findSignatures(await extractPeSignatures(source, layout));
    const digestOf = digestsOf(source, layout);
    const described: Described[] = [];
    for (const signature of signatures) described.push(await describe(signature, digestOf));
    return { signatures: described, problems };
  } catch (error) {
    if (error instanceof PeError) return { signatures: [], problems: [error.message] };
    throw error;
  }
}

interface Described {
  readonly text: string;
  /** null: it can't be told. */
  readonly fits: boolean | null;
}

async function describe(
  foundSignature: FoundSignature,
  digestOf: (algorithm: PeDigestAlgorithm) => Promise<Uint8Array>,
): Promise<Described> {
  const certificate = attempt(() => verifySignerInfo({ signedData: foundSignature.signedData }).certificate);
  const who =
    certificate instanceof Uint8Array ? nameIn(certificate) : 'somebody whose certificate is not there';
  const nested = foundSignature.nesting === 0 ? '' : 'nested, ';
  const dates = foundSignature.countersignatures.map(dateOf);
  const fit = await fitOf(foundSignature, certificate, digestOf);
  return { text: [`${nested}of ${who}`, fit.text, ...dates].join(', '), fits: fit.fits };
}

/** Whether the signature belongs to this file, as far as its own certificate tells. */
async function fitOf(
  { der, signedData }: FoundSignature,
  signerCertificate: Uint8Array | string | null,
  digestOf: (algorithm: PeDigestAlgorithm) => Promise<Uint8Array>,
): Promise<Described> {
  const unproven = (text: string): Described => ({ text, fits: null });
  const content = signedData.encapContentDer;
  const statement = content === null ? 'it is detached' : attempt(() => parseSpcIndirectData(content));
  if (typeof statement === 'string') return unproven(`which proves nothing (${statement})`);
  if (!(signerCertificate instanceof Uint8Array)) return unproven('which can’t be verified');
  const digest = await digestOf(statement.algorithm);
  const verified = attempt(() => verifyAuthenticode({ pkcs7: der, peDigest: digest, signerCertificate }));
  if (typeof verified === 'string') return unproven(`which proves nothing (${verified})`);
  return verified.ok
    ? { text: 'which fits the file', fits: true }
    : { text: `which does not fit the file (${verified.problems.join('; ')})`, fits: false };
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
