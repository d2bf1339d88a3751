/**
 * `verify: nuget`: the package is what its author, or a package feed, signed. One signature is over the package; a feed countersigns
 * that of an author (https://learn.microsoft.com/nuget/reference/signed-packages-reference).
 */
import { Asn1Error, oids } from '../../pki/asn1/index.ts';
import {
  CmsError,
  commitmentType,
  namesSigner,
  parseSignedData,
  singleValue,
  verifyCountersignature,
  verifySignerInfo,
  type SignedData,
  type SignerInfo,
} from '../../pki/cms/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import type { SignatureHash } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import {
  judgeSignature,
  takeUpstreams,
  upstreamFindings,
  weak,
  type Judged,
  type Refusal,
} from '../upstream/index.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { NugetError } from './errors.ts';
import { contentOf, type NugetPackage } from './read-package.ts';
import { signatureBytesMax } from './sign.ts';
import { signatureContent, unsignedDigest } from './unsigned-digest.ts';

/** → a finding for each signature; all have to hold. Throws ArchiveError. */
export function verifyNugetUpstream(
  source: RandomAccessSource,
  read: NugetPackage,
  trust: UpstreamTrust | null,
  about: Pick<Finding, 'path' | 'sha256' | 'policy'>,
): Promise<readonly Finding[]> {
  const file = { type: 'nuget', what: 'package', method: 'NuGet', trust, about };
  return upstreamFindings(file, async (trusted) => {
    const { signature } = read;
    if (signature === null) return [];
    if (signature.sizeBytes > signatureBytesMax)
      return [unreadable(`it takes ${signature.sizeBytes} bytes; ${signatureBytesMax} are read`)];
    try {
      const signedData = parseSignedData(Uint8Array.from(await contentOf(source, signature)));
      const misfit = await mismatch(source, read, signedData);
      return misfit === null ? judgeAll(signedData, trusted) : [misfit];
    } catch (error) {
      if (error instanceof CmsError || error instanceof Asn1Error) return [unreadable(error.message)];
      throw error;
    }
  });
}

const unreadable = (problem: string): Refusal => ({
  rule: 'signature',
  problem: `the signature can’t be read: ${problem}`,
  fix: takeUpstreams,
});

/** Why what is signed isn't this package; null: it is. */
async function mismatch(
  source: RandomAccessSource,
  read: NugetPackage,
  { encapContent, encapContentForm, encapContentType }: SignedData,
): Promise<Refusal | null> {
  const refused = (problem: string): Refusal => ({ rule: 'digest', problem, fix: takeUpstreams });
  if (encapContent === null || encapContentForm !== 'octet-string' || encapContentType !== oids.data)
    return refused('the signature is about no package');
  const text = Buffer.from(encapContent).toString('latin1');
  const hash = (['sha256', 'sha384', 'sha512'] as const).find((name) => text.includes(`${oids[name]}-Hash:`));
  if (hash === undefined) return refused('the signature states no digest of a package by SHA-256 or longer');
  const own = await digestOf(source, read, hash);
  if (typeof own === 'string') return { rule: 'signature', problem: own, fix: takeUpstreams };
  if (Buffer.compare(encapContent, signatureContent(own, hash)) === 0) return null;
  return refused(`the signature is about another package than that with the digest ${hex(own)}`);
}

async function digestOf(
  source: RandomAccessSource,
  read: NugetPackage,
  hash: SignatureHash,
): Promise<Uint8Array | string> {
  try {
    return await unsignedDigest(source, read, hash);
  } catch (error) {
    if (error instanceof NugetError) return error.message.replace(/\.$/, '');
    throw error;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The author's or the feed's signature, and the feed's over the author's. */
function judgeAll(signedData: SignedData, trust: UpstreamTrust): readonly Judged[] {
  const { signerInfo } = signedData;
  const author = commitmentType(signerInfo.signedAttributes) === oids.proofOfOrigin;
  const name = author ? 'the author’s signature' : 'the feed’s signature';
  const { ok, certificate, problems } = verifySignerInfo({ signedData });
  const primary = judge(name, signedData, trust, {
    signerInfo,
    certificate: ok ? certificate : null,
    problems,
    commitments: [oids.proofOfOrigin, oids.proofOfReceipt],
  });
  // A countersignature is over the signature's value alone: beside one that doesn't hold, or proves nothing, it says nothing of the package.
  if (!('text' in primary)) return [primary];
  const countersignatures = signerInfo.unsignedAttributes.get(oids.counterSignature)?.values ?? [];
  if (countersignatures.length > 1 || (countersignatures.length === 1 && !author))
    return [primary, broken(name, 'it carries countersignatures that no feed makes')];
  return [
    primary,
    ...countersignatures.map((value) =>
      judge('the feed’s countersignature', signedData, trust, {
        ...verifyCountersignature(value, signedData),
        commitments: [oids.proofOfReceipt],
      }),
    ),
  ];
}

interface Checked {
  readonly signerInfo: SignerInfo;
  readonly certificate: Uint8Array | null;
  readonly problems: readonly string[];
  /** What it may commit to. */
  readonly commitments: readonly string[];
}

function judge(name: string, { certificates }: SignedData, trust: UpstreamTrust, checked: Checked): Judged {
  const { signerInfo, certificate, problems, commitments } = checked;
  const { signedAttributes, unsignedAttributes, digestAlgorithm, signature } = signerInfo;
  const unproven = weak(name, digestAlgorithm);
  if (unproven !== null) return unproven;
  if (certificate === null || problems.length > 0) return broken(name, problems.join('; '));
  if (!commitments.includes(commitmentType(signedAttributes) ?? ''))
    return broken(name, 'it doesn’t say whether an author or a feed made it');
  if (!namesSigner(signerInfo, certificate))
    return broken(name, 'the signed attributes don’t name the signer’s certificate');
  return judgeSignature('package', trust, {
    name,
    certificate,
    intermediates: certificates,
    signature,
    timestampToken: singleValue(unsignedAttributes, oids.timestampToken)?.bytes ?? null,
  });
}

const broken = (name: string, problem: string): Refusal => ({
  rule: 'signature',
  problem: `${name} does not hold: ${problem}`,
  fix: takeUpstreams,
});
