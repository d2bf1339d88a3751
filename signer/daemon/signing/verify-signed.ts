/**
 * Step "verification": before anything leaves, the signature is read back out of the finished file and
 * verified against that file's bytes, as somebody who trusts none of the steps before would do it.
 */
import { createHash } from 'node:crypto';
import { verifyAuthenticode } from '#core/pki/cms/index.ts';
import { fail, failures, pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import { TspError, verifyTimestampToken } from '#core/pki/tsp/index.ts';
import type { GoverningPolicy } from '../checks/index.ts';
import type { SignedFile } from './sign-files.ts';

declare const verified: unique symbol;
/** Proof that this file carries a valid signature of the right certificate, timestamped where the policy asks. */
export interface VerifiedFile {
  readonly [verified]: true;
  readonly file: SignedFile;
}

interface VerifyInput {
  readonly signed: readonly SignedFile[];
  readonly governing: GoverningPolicy;
  /** DER certificates. */
  readonly timestampRoots: readonly Uint8Array[];
}

export function verifySigned(input: VerifyInput): Checked<readonly VerifiedFile[]> {
  const findings: Finding[] = [];
  for (const file of input.signed) findings.push(...verifyFile(input, file));
  if (failures(findings).length > 0) return { ok: false, findings };
  return { ok: true, value: input.signed.map((file) => ({ file }) as VerifiedFile), findings };
}

function verifyFile(input: VerifyInput, file: SignedFile): Finding[] {
  const { certificate } = input.governing.key;
  const about = { path: file.target.path, sha256: file.signedSha256 };
  const read = file.readBack;
  const result = verifyAuthenticode({
    pkcs7: read.pkcs7,
    peDigest: Buffer.from(read.authenticodeDigest, 'hex'),
    signerCertificate: certificate.raw,
  });
  const unchanged = read.authenticodeDigest === file.target.authenticodeDigest;
  if (!result.ok || !unchanged) {
    const problems = [
      ...result.problems,
      ...(unchanged ? [] : ['the program’s digest is not the one that was inspected']),
    ];
    return [broken('verification.signature', problems.join('; '), about)];
  }
  const signature = pass({
    rule: 'verification.signature',
    message:
      'The signature was read back from the finished file and verifies against its bytes and the project’s certificate.',
    expected: `certificate serial ${certificate.serialNumber}`,
    found: `Authenticode digest ${read.authenticodeDigest}`,
    ...about,
  });
  return [signature, ...timestampFindings(input, result.timestampToken, result.signature, about)];
}

function timestampFindings(
  input: VerifyInput,
  token: Uint8Array | null,
  signature: Uint8Array,
  about: Pick<Finding, 'path'>,
): Finding[] {
  const { effective, key } = input.governing;
  const rule = 'verification.timestamp';
  const policy = effective.locate(['timestamp']);
  if (token === null) {
    if (effective.policy.timestamp === 'none') return [];
    return [broken(rule, 'the finished file holds no timestamp', { ...about, policy })];
  }
  try {
    const stamp = verifyTimestampToken({
      token,
      imprint: { hash: 'sha256', digest: createHash('sha256').update(signature).digest() },
      trustedRoots: input.timestampRoots,
    });
    const inTime = key.certificate.validFromDate <= stamp.time && stamp.time <= key.certificate.validToDate;
    if (!inTime)
      return [
        broken(rule, `timestamped ${stamp.time.toISOString()}, outside the certificate’s validity`, {
          ...about,
          policy,
        }),
      ];
    return [
      pass({
        rule,
        message: `The timestamp verifies: signed before ${stamp.time.toISOString()}.`,
        found: stamp.time.toISOString(),
        ...about,
        policy,
      }),
    ];
  } catch (error) {
    if (!(error instanceof TspError)) throw error;
    return [broken(rule, error.message, { ...about, policy })];
  }
}

function broken(
  rule: string,
  found: string,
  about: Partial<Pick<Finding, 'path' | 'policy' | 'sha256'>>,
): Finding {
  return fail({
    rule,
    message: `The signed file did not pass its verification and is withheld: ${found}.`,
    expected: 'a signature that verifies',
    found,
    fix: 'This is a fault of the signer, not of the project. The foundation must look into it before anything else is signed.',
    ...about,
  });
}
