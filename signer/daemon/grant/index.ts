/**
 * A signing grant says: this key may sign exactly these bytes, once, because all checks passed for this
 * artifact. It can be minted only here, only from the proofs of every check; the keyholder signs nothing else.
 */
import { CodedError } from '#core/error/index.ts';
import type { SignatureHash } from '#core/formats/format.ts';
import { formats } from '#core/formats/registry.ts';
import { maySign } from '#core/formats/kind/index.ts';
import { keyTypeOf } from '#core/pki/key-kind/index.ts';
import type { CommitSha, Sha256Hex } from '#core/ids/index.ts';
import type { VerifiedOrigin } from '#core/origin/index.ts';
import { sameParameters } from '#core/wire/parameters/index.ts';
import {
  keyFor,
  type ApprovedRequest,
  type InspectedArtifact,
  type SignTarget,
  type GoverningPolicy,
  type HostAsked,
  type ScannedArtifact,
} from '../checks/index.ts';
import type { SigningGrant } from '../../keyholder/index.ts';
import { grantDocument, grantFile } from '../../keyholder/grant/file.ts';
import { notRevokedProblem, type NotRevoked } from '../../rulings/revocations/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { lineageProblem, samePath, type FileVersion } from '../file-version/index.ts';

export class GrantError extends CodedError<'GRANT_REFUSED'> {
  static override readonly errorName = 'GrantError';
  constructor(message: string) {
    super('GRANT_REFUSED', `no grant: ${message}`);
  }
}

/** Everything a signature rests on, each part made by its own check. */
export interface Evidence {
  readonly request: ClaimedRequest;
  /** As in force at the final check before signing. */
  readonly governing: GoverningPolicy;
  /** null only where the policy names no origin, which only purpose `test` may. */
  readonly origin: VerifiedOrigin | null;
  /** Made by the last check before signing. */
  readonly host: HostAsked;
  readonly inspected: InspectedArtifact;
  readonly scanned: ScannedArtifact;
  readonly approval: ApprovedRequest;
  /** Digest of the policy that the checks ran under. */
  readonly checkedPolicyDigest: Sha256Hex;
}

const lifetimeSeconds = 120;

/**
 * What a grant is requested for: a target of the inspection, the current version of its file, and the exact bytes to
 * be signed.
 */
export interface ToSign {
  /** The final check of the certificate: a grant is minted right after it, however long the other proofs took. */
  readonly notRevoked: NotRevoked;
  readonly target: SignTarget;
  readonly version: FileVersion;
  readonly toBeSigned: Uint8Array;
  readonly hash: SignatureHash;
  /** Which signature of the file this is, from 0. */
  readonly round: number;
}

/** Throws where the proofs are inconsistent. */
export function mintGrant(
  evidence: Evidence,
  { notRevoked, target, version, toBeSigned, hash, round }: ToSign,
  now: Date,
): SigningGrant<'release' | 'test' | 'raw' | 'openpgp'> {
  const { request, governing, origin, inspected, scanned, approval } = evidence;
  const { effective } = governing;
  const { signing } = formats[target.type];
  const use = signing?.keyUse(target.sign) ?? 'certificate';
  const key = keyFor(governing, use);
  const artifact = inspected.artifactSha256;
  require(artifact === request.artifactSha256, 'the inspected artifact is not the requested one');
  require(scanned.artifactSha256 === artifact, 'the scanned artifact is not the inspected one');
  require(evidence.checkedPolicyDigest === effective.digest, 'the policy changed since the checks');
  if (effective.origin === null) {
    require(effective.policy.purpose === 'test', 'a release needs an origin');
  } else {
    require(origin !== null, 'the origin was not verified');
    require(origin?.digests.sha256 === artifact, 'the origin was verified for another artifact');
  }
  const { host } = evidence;
  require(host.policyDigest === effective.digest, 'the code host was asked for another policy');
  require(host.bundleSha256 ===
    (origin?.bundleSha256 ?? null), 'the code host was asked about another build');
  require(host.artifactSha256 ===
    (origin?.digests.sha256 ?? null), 'the code host was asked about another file');
  const { subject } = approval;
  require(subject.artifactSha256 === artifact &&
    subject.request === request.id, 'the approvals are for something else');
  require(subject.sourceCommit ===
    (origin?.claims.commit ?? null), 'the approvals are for another source commit');
  const { parameters } = request;
  require(sameParameters(inspected.parameters, parameters), 'the inspection had other parameters');
  require(sameParameters(subject.parameters, parameters), 'the approvals are for other parameters');
  require(subject.policyCommit === effective.commit, 'the approvals were counted under another policy');
  require(approval.approval.approvals.length >= effective.quorum, 'the quorum is not reached');
  require(inspected.signTargets.includes(target), 'the file is not one that the inspection named');
  require(samePath(version.path, target.path), 'the file is not at the target’s path');
  const problem = lineageProblem(version, inspected);
  require(problem === null, problem ?? '');
  const { purpose } = effective.policy;
  const isFor =
    use === 'certificate'
      ? key.entry.purpose === purpose
      : key.entry.purpose === use && key.entry.serves === purpose;
  require(key.entry.project === request.project && isFor, 'the key belongs to another project');
  const { program } = effective.project;
  const issuedFor = key.entry.program ?? '(none recorded)';
  const fits = issuedFor === program;
  require(fits, `the certificate was issued for the program ${issuedFor}, and the project is in ${program}`);
  require(maySign(program, target.kind), `the program ${program} signs no ${target.kind}`);
  require(key.certificate.validFromDate <= now &&
    now <= key.certificate.validToDate, 'the certificate is not valid now');
  const type = keyTypeOf(key.certificate.publicKey);
  const takes = signing?.keyTypes(target.sign) ?? [];
  require(type !== null && takes.includes(type), 'no verifier of the file’s format takes a key of this type');
  const revoked = notRevokedProblem(notRevoked, key, now);
  require(revoked === null, revoked ?? '');
  const content = {
    keyLabel: key.entry.label,
    requestId: request.id,
    project: request.project,
    program,
    artifactSha256: artifact,
    leafPath: [...target.path],
    unsignedSha256: version.sha256,
    toBeSigned,
    policyCommit: effective.commit satisfies CommitSha,
    ...(hash === 'sha256' ? {} : { hash }),
    ...(round === 0 ? {} : { round }),
  };
  const until = new Date(now.getTime() + lifetimeSeconds * 1000);
  return use === 'certificate'
    ? grantFile({ purpose, ...content }, until)
    : grantDocument({ purpose: use, serves: purpose, ...content }, until);
}

function require(condition: boolean, message: string): void {
  if (!condition) throw new GrantError(message);
}
