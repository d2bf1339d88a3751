/** `verify: jar`: the archive is what upstream signed, every file of it. */
import { Asn1Error, oids } from '../../pki/asn1/index.ts';
import { CmsError, parseSignedData, singleValue, verifyText, type SignedData } from '../../pki/cms/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
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
import { manifestMisfit, signatureFileMisfit, uncovered, type Misfit } from './covered.ts';
import { JarError } from './errors.ts';
import { readManifest } from './manifest.ts';
import { readSmall, type Jar } from './read-jar.ts';
import { readSignatures, type JarSignature } from './signatures.ts';

/** → a finding for each signature. Each has to hold, and to cover every file. Throws ArchiveError, JarError. */
export function verifyJarUpstream(
  source: RandomAccessSource,
  jar: Jar,
  trust: UpstreamTrust | null,
  about: Pick<Finding, 'path' | 'sha256' | 'policy'>,
): Promise<readonly Finding[]> {
  const file = { type: 'jar', what: 'archive', method: 'JAR', trust, about };
  return upstreamFindings(file, async (trusted) => {
    if (jar.signatureFiles.length === 0) return [];
    const found = await fitSignatures(source, jar);
    if ('rule' in found) return [found];
    return found.map(({ signature, refused }) => refused ?? judge(signature, trusted));
  });
}

interface FitSignature {
  readonly signature: JarSignature;
  /** Why it isn't about this archive, all of it; null: it is. */
  readonly refused: Refusal | null;
}

/** All signatures, each held to the archive; or why none can be. Whose they are is the caller's. */
export async function fitSignatures(
  source: RandomAccessSource,
  jar: Jar,
): Promise<readonly FitSignature[] | Refusal> {
  if (jar.manifestEntry === null) return changed('it has no manifest');
  const bytes = await readSmall(source, jar.manifestEntry);
  const manifest = readManifest(bytes);
  let signatures: readonly JarSignature[];
  try {
    signatures = await readSignatures(source, jar);
  } catch (error) {
    if (!(error instanceof JarError && error.code === 'SIGNATURE_FILES')) throw error;
    return { rule: 'signature', problem: error.message, fix: takeUpstreams };
  }
  const misfit = await manifestMisfit(source, jar, manifest);
  if (misfit !== null) return changed(misfit);
  return signatures.map((signature) => {
    const { path, stated } = signature;
    const unfit = signatureFileMisfit(stated, manifest, bytes) ?? uncovered(jar, manifest, stated);
    return { signature, refused: unfit === null ? null : refusal(`the signature file of ${path}: `, unfit) };
  });
}

function refusal(where: string, { problem, weak: unproven }: Misfit): Refusal {
  if (!unproven) return changed(`${where}${problem}`);
  const fix =
    'Take a version of the archive that upstream signed with SHA-256, or declare it without `verify`, as a file that is only scanned.';
  return { rule: 'weak', problem: `${where}${problem}`, fix };
}

const changed = (problem: string): Refusal => ({ rule: 'digest', problem, fix: takeUpstreams });

function judge(signature: JarSignature, trust: UpstreamTrust): Judged {
  const name = `the signature ${signature.path}`;
  const verified = verifyBlock(name, signature);
  if ('rule' in verified) return verified;
  const { signerInfo, certificates } = verified.signedData;
  return judgeSignature('archive', trust, {
    name,
    certificate: verified.certificate,
    intermediates: certificates,
    signature: signerInfo.signature,
    timestampToken: singleValue(signerInfo.unsignedAttributes, oids.timestampToken)?.bytes ?? null,
  });
}

/** Whose key made a block, DER, over its signature file; whether it is to be trusted is the caller's. */
export function verifyBlock(
  name: string,
  { block, signatureFile }: JarSignature,
): { readonly certificate: Uint8Array; readonly signedData: SignedData } | Refusal {
  const broken = (problem: string): Refusal => ({
    rule: 'signature',
    problem: `${name} does not hold: ${problem}`,
    fix: takeUpstreams,
  });
  try {
    const signedData = parseSignedData(block);
    const unproven = weak(name, signedData.signerInfo.digestAlgorithm);
    if (unproven !== null) return unproven;
    const verified = verifyText(signedData, signatureFile);
    return 'problem' in verified ? broken(verified.problem) : { ...verified, signedData };
  } catch (error) {
    if (error instanceof CmsError || error instanceof Asn1Error) return broken(error.message);
    throw error;
  }
}
