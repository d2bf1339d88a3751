/**
 * `verify: authenticode`: a file that upstream signed is what upstream signed. All of its signatures are judged, nested ones too:
 * whoever reads the file may pick any of them.
 */
import {
  authenticodeTimestampToken,
  CmsError,
  findSignatures,
  verifyPkcs7,
  verifySignerInfo,
  type FoundSignature,
} from '../../pki/cms/index.ts';
import { Asn1Error } from '../../pki/asn1/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import {
  judgeSignature,
  takeUpstreams,
  upstreamFindings,
  weak,
  type Judged,
  type UpstreamFile,
} from '../upstream/index.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';

interface SignedFile extends Omit<UpstreamFile, 'method'> {
  /** DER ContentInfos; empty: it is unsigned. */
  readonly signatures: readonly Uint8Array[];
  /** OID of what such signatures are about. */
  readonly contentType: string;
  /** The signed content (whole DER) → why it isn't about this file, as a sentence's end; null: it is. May throw CmsError. */
  readonly mismatch: (content: Uint8Array) => Promise<string | null>;
}

/** → a finding for each signature; a file that carries none, or one that doesn't hold, is refused. */
export function verifyUpstream(file: SignedFile): Promise<readonly Finding[]> {
  return upstreamFindings({ ...file, method: 'Authenticode' }, async (trust) => {
    const { signatures, problems } = findSignatures(file.signatures);
    const judged: Judged[] = problems.map((problem) => ({ rule: 'signature', problem, fix: takeUpstreams }));
    for (const [index, signature] of signatures.entries())
      judged.push(await judge(file, trust, signature, index + 1));
    return judged;
  });
}

async function judge(
  { contentType, mismatch, what }: SignedFile,
  trust: UpstreamTrust,
  { der, signedData, nesting, countersignatures }: FoundSignature,
  number: number,
): Promise<Judged> {
  const name = `signature ${number}${nesting > 0 ? ' (nested)' : ''}`;
  const unproven = weak(name, signedData.signerInfo.digestAlgorithm);
  if (unproven !== null) return unproven;
  const content = signedData.encapContentDer;
  const other = content === null ? 'it is about no content' : await cmsProblem(() => mismatch(content));
  if (other !== null)
    return { rule: 'digest', problem: `${name} is not about this ${what}: ${other}`, fix: takeUpstreams };
  const signed = signerOf(der, signedData, contentType);
  if (typeof signed === 'string')
    return { rule: 'signature', problem: `${name} does not hold: ${signed}`, fix: takeUpstreams };
  return judgeSignature(what, trust, {
    name,
    certificate: signed,
    intermediates: signedData.certificates,
    signature: signedData.signerInfo.signature,
    timestampToken: authenticodeTimestampToken(signedData),
    ...(countersignatures.length === 0
      ? {}
      : { unproven: '; its countersignature is of the kind before RFC 3161, which proves no time here' }),
  });
}

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
