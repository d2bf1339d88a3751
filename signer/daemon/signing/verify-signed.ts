/**
 * Step "verification": before release, each signature is read back from the finished file and verified against that
 * file's bytes, as by somebody who trusts none of the earlier steps.
 */
import { createHash } from 'node:crypto';
import { formats } from '#core/formats/registry.ts';
import { fail, failures, pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import { TspError, verifyTimestampToken } from '#core/pki/tsp/index.ts';
import { keyFor, type GoverningPolicy } from '../checks/index.ts';
import { samePath, type FileVersion } from '../file-version/index.ts';
import { followedProblem, type FollowedFile } from './follow-list.ts';
import { documentProblems } from './verify-document.ts';
import type { SignedFile } from './sign-artifact.ts';
import type { Signature } from './signing-context.ts';

declare class Verified {
  readonly #proof: true;
}
/** Proof that this file carries valid signatures of the right certificate, timestamped where the policy asks. */
export interface VerifiedFile extends Verified {
  readonly file: SignedFile;
}

interface VerifyInput {
  readonly signed: readonly SignedFile[];
  readonly followed: readonly FollowedFile[];
  readonly governing: GoverningPolicy;
  /** DER certificates. */
  readonly timestampRoots: readonly Uint8Array[];
}

export async function verifySigned(input: VerifyInput): Promise<Checked<readonly VerifiedFile[]>> {
  const findings: Finding[] = [];
  for (const file of input.signed)
    for (const signature of file.signatures)
      findings.push(...(await verifySignature(input, file, signature)));
  findings.push(...input.followed.map((file) => verifyFollowed(input, file)));
  if (failures(findings).length > 0) return { ok: false, findings };
  return { ok: true, value: input.signed.map((file) => ({ file }) as unknown as VerifiedFile), findings };
}

async function verifySignature(
  input: VerifyInput,
  { target, version }: SignedFile,
  signature: Signature,
): Promise<Finding[]> {
  const about = { path: target.path, sha256: version.sha256 };
  const { signing } = formats[target.type];
  if (!isOfReleased(input, version))
    return [broken('verification.signature', 'it is of another version than the released one', about)];
  const { sign, subject, readBack } = signature;
  if (signing === null) return [broken('verification.signature', 'its format can’t be signed', about)];
  const use = signing.keyUse(sign);
  const { certificate } = keyFor(input.governing, use);
  const result = signing.verify(readBack, new Uint8Array(certificate.raw), sign);
  const unchanged =
    readBack.subject.digest === subject.digest &&
    Buffer.compare(readBack.subject.content, subject.content) === 0;
  const ofDocument =
    use === 'certificate'
      ? []
      : await documentProblems(version.before, result, { hash: signing.hash(sign), certificate });
  if (result.problems.length > 0 || ofDocument.length > 0 || !unchanged) {
    const problems = [
      ...result.problems,
      ...ofDocument,
      ...(unchanged ? [] : ['the file’s digest is not the one that was inspected']),
    ];
    return [broken('verification.signature', problems.join('; '), about)];
  }
  const verifies = pass({
    rule: 'verification.signature',
    message:
      use === 'certificate'
        ? 'The signature was read back from the finished file and verifies against its bytes and the project’s certificate.'
        : 'The signature was read back from the file beside the signed one, and verifies over its bytes with the project’s own key.',
    expected: `certificate serial ${certificate.serialNumber}`,
    found: `signed digest ${subject.digest}`,
    ...about,
  });
  // Signatures over the file's own bytes have no place for one.
  if (use !== 'certificate') return [verifies];
  return [verifies, ...timestampFindings(input, result.timestampToken, result.signature, about)];
}

/** A signature beside a file is of the last version of it, with all signatures that are in it. */
function isOfReleased({ signed }: VerifyInput, { cause, before }: FileVersion): boolean {
  if (cause !== 'detached' || before === null) return true;
  const inIt = signed.find(
    (file) => file.version.cause !== 'detached' && samePath(file.version.path, before.path),
  );
  return inIt === undefined ? before.cause !== 'signed' : inIt.version === before;
}

/** A list states of each file what is true of the version that is signed, and released. */
function verifyFollowed({ signed }: VerifyInput, list: FollowedFile): Finding {
  const { target, version } = list;
  const about = { path: target.path, sha256: version.sha256 };
  const problem =
    followedProblem(list) ??
    (version.replaced.every((file) => isLast(file, signed))
      ? null
      : 'it has the values of a file as it was before its last signature');
  if (problem !== null) return broken('verification.followed', problem, about);
  return pass({
    rule: 'verification.followed',
    message: `The list was read back, and what it states of ${version.replaced.length === 1 ? 'one signed file' : `${version.replaced.length} signed files`} is true of what is released.`,
    found: `${list.changes.length} fields`,
    ...about,
  });
}

function isLast(file: FollowedFile['version'], signed: readonly SignedFile[]): boolean {
  const last = signed.find(({ target }) => samePath(target.path, file.path));
  if (last === undefined || last.version === file) return true;
  // A list that is signed in a file beside it.
  return last.version.cause === 'detached' && last.version.before === file;
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
    fix: 'This is a defect of the signer, not of the project. The foundation must investigate before anything else is signed.',
    ...about,
  });
}
