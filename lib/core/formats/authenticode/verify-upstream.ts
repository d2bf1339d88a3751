/**
 * `verify: authenticode`: a file that upstream signed is what upstream signed. All of its signatures are judged, nested ones too:
 * whoever reads the file may pick any of them.
 */
import { createHash, X509Certificate } from 'node:crypto';
import {
  authenticodeTimestampToken,
  CmsError,
  findSignatures,
  verifyPkcs7,
  verifySignerInfo,
  type FoundSignature,
} from '../../pki/cms/index.ts';
import { Asn1Error, oids } from '../../pki/asn1/index.ts';
import { fail, pass, type Finding } from '../../wire/finding/index.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';

type About = Pick<Finding, 'path' | 'sha256' | 'policy'>;

interface UpstreamFile {
  /** Of the rules: `pe`. */
  readonly type: string;
  /** As a sentence calls it: `program`. */
  readonly what: string;
  /** DER ContentInfos; empty: it is unsigned. */
  readonly signatures: readonly Uint8Array[];
  /** OID of what such signatures are about. */
  readonly contentType: string;
  /** The signed content (whole DER) → why it isn't about this file, as a sentence's end; null: it is. May throw CmsError. */
  readonly mismatch: (content: Uint8Array) => Promise<string | null>;
  /** null: nobody told which roots to trust. */
  readonly trust: UpstreamTrust | null;
  readonly about: About;
}

/** What is wrong with one signature, and what it takes to mend it. */
interface Refusal {
  readonly rule: string;
  readonly problem: string;
  readonly fix: string;
}

interface Held {
  readonly text: string;
  readonly found: string;
}

const takeUpstreams =
  'Take the file from upstream again, unchanged: it was changed, or damaged, after it was signed.';
const replaceFile =
  'Take a version of the file that upstream signed with SHA-256, or declare it without `verify`, as a file that is only scanned.';

/** → a finding for each signature; a file that carries none, or one that doesn't hold, is refused. */
export async function verifyUpstream(file: UpstreamFile): Promise<readonly Finding[]> {
  const { type, what, about, trust } = file;
  const refused = ({ rule, problem, fix }: Refusal): Finding =>
    fail({
      rule: `${type}.upstream-${rule}`,
      message: `The ${what} has to carry a valid signature of upstream: ${problem}.`,
      expected: 'a signature by Authenticode that leads to an upstream root',
      found: problem,
      fix,
      ...about,
    });
  if (trust === null) {
    const fix = 'Add the roots of those who sign such files to upstreamRoots in trust/root.yaml.';
    return [refused({ rule: 'untrusted', problem: 'the foundation trusts no upstream root', fix })];
  }
  const { signatures, problems } = findSignatures(file.signatures);
  if (signatures.length === 0 && problems.length === 0) {
    const fix = 'Submit the file as upstream signed it; or remove `verify`, where upstream signs none.';
    return [refused({ rule: 'unsigned', problem: 'it carries none', fix })];
  }
  const findings = problems.map((problem) => refused({ rule: 'signature', problem, fix: takeUpstreams }));
  let held = 0;
  const weak: Refusal[] = [];
  for (const [index, signature] of signatures.entries()) {
    const judged = await judge(file, trust, signature, index + 1);
    if ('text' in judged) {
      held += 1;
      findings.push(
        pass({ rule: `${type}.upstream-signature`, message: judged.text, found: judged.found, ...about }),
      );
    } else if (judged.rule === 'weak') weak.push(judged);
    else findings.push(refused(judged));
  }
  // SHA-1 beside SHA-256, for Windows before 8, proves nothing and breaks nothing: the other one is what counts.
  return held > 0 ? findings : [...findings, ...weak.map(refused)];
}

const strongHashes: readonly string[] = [oids.sha256, oids.sha384, oids.sha512];

async function judge(
  { contentType, mismatch, what }: UpstreamFile,
  trust: UpstreamTrust,
  { der, signedData, nesting, countersignatures }: FoundSignature,
  number: number,
): Promise<Held | Refusal> {
  const name = `signature ${number}${nesting > 0 ? ' (nested)' : ''}`;
  if (!strongHashes.includes(signedData.signerInfo.digestAlgorithm))
    return {
      rule: 'weak',
      problem: `${name} was made with SHA-1 or another hash that proves nothing`,
      fix: replaceFile,
    };
  const content = signedData.encapContentDer;
  const other = content === null ? 'it is about no content' : await cmsProblem(() => mismatch(content));
  if (other !== null)
    return { rule: 'digest', problem: `${name} is not about this ${what}: ${other}`, fix: takeUpstreams };
  const signed = signerOf(der, signedData, contentType);
  if (typeof signed === 'string')
    return { rule: 'signature', problem: `${name} does not hold: ${signed}`, fix: takeUpstreams };
  const token = authenticodeTimestampToken(signedData);
  const stamp = token === null ? null : trust.judgeTimestamp(token, signedData.signerInfo.signature);
  if (stamp !== null && 'problem' in stamp) {
    const fix =
      'Add the root of the timestamp authority to upstreamRoots in trust/root.yaml, or take a file with another timestamp.';
    return { rule: 'timestamp', problem: `the timestamp of ${name} does not hold: ${stamp.problem}`, fix };
  }
  const judgeAt = (at: Date) =>
    trust.judgeSigner({ certificate: signed, intermediates: signedData.certificates, at });
  const signer = judgeAt(stamp?.time ?? trust.now);
  const judgement = signer.ok && signer.lifetimeSigning && stamp !== null ? judgeAt(trust.now) : signer;
  if (!judgement.ok) {
    const unstamped = stamp === null ? withoutTimestamp(countersignatures.length) : '';
    const problem = `${name}, of ${nameOf(signed)}: ${judgement.problem}${unstamped}`;
    return { rule: judgement.why, problem, fix: fixes[judgement.why] };
  }
  const when = stamp === null ? 'without a timestamp' : `timestamped ${stamp.time.toISOString()}`;
  return {
    text: `The ${what} carries a valid signature of ${nameOf(signed)}, issued by ${commonName(judgement.issuer)}, ${when}; whether the certificate was revoked was not checked.`,
    found: `${name}: ${oneLine(judgement.subject)}; certificate SHA-256 ${createHash('sha256').update(signed).digest('hex')}`,
  };
}

const fixes = {
  purpose: 'Take a file that was signed with a certificate for code signing.',
  expired: 'Take a version of the file that upstream timestamped (RFC 3161) while its certificate was valid.',
  untrusted:
    'If this is who should have signed it, add the root to upstreamRoots in trust/root.yaml; otherwise don’t use the file.',
} as const;

const withoutTimestamp = (others: number): string =>
  others === 0
    ? '; it has no timestamp'
    : '; its countersignature is of the kind before RFC 3161, which proves no time here';

/** The certificate whose key signed, DER; or why the signature doesn't hold. */
function signerOf(
  der: Uint8Array,
  signedData: FoundSignature['signedData'],
  contentType: string,
): Uint8Array | string {
  try {
    const { certificate, problems } = verifySignerInfo({ signedData });
    if (certificate === null) return problems.join('; ');
    const verified = verifyPkcs7({ pkcs7: der, signerCertificate: certificate }, contentType);
    return verified.ok ? certificate : verified.problems.join('; ');
  } catch (error) {
    // Strangers' keys make OpenSSL throw all kinds of errors.
    return error instanceof Error ? error.message : String(error);
  }
}

async function cmsProblem(read: () => Promise<string | null>): Promise<string | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CmsError || error instanceof Asn1Error) return error.message;
    throw error;
  }
}

const nameOf = (certificate: Uint8Array): string => commonName(new X509Certificate(certificate).subject);
const commonName = (name: string): string =>
  `“${oneLine(/^CN=(.*)$/m.exec(name)?.[1] ?? name)
    .slice(0, 80)
    .toWellFormed()}”`;
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 300)
    .toWellFormed();
