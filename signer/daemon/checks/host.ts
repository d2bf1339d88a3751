/** Part of the steps "origin" and "recheck": what the code host itself says of a build that was verified. */
import { failures, type Checked } from '#core/wire/finding/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { providers, recorded, type VerifiedOrigin } from '#core/origin/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { hostAnswersMax, type RecordedAnswer } from '#core/wire/journal/index.ts';
import { HostUnavailable, type AskedAnswer, type CodeHosts } from '../code-host/index.ts';

declare class Asked {
  readonly #proof: true;
}
/** Proof that a policy asks nothing of a code host, or was answered as it wants, about this very build. */
export interface HostAsked extends Asked {
  /** Of the policy that was judged by. */
  readonly policyDigest: Sha256Hex;
  /** Of the build; null: the policy names no origin. */
  readonly bundleSha256: Sha256Hex | null;
  /** Of the file: one attestation can be about several. null: as above. */
  readonly artifactSha256: string | null;
}

interface HostInput {
  readonly hosts: CodeHosts;
  readonly effective: EffectivePolicy;
  readonly origin: VerifiedOrigin | null;
  /** Is given the answers of a look that ended. */
  readonly record: (look: { readonly api: string; readonly answers: readonly RecordedAnswer[] }) => void;
}

export async function checkHost({
  hosts,
  effective,
  origin,
  record,
}: HostInput): Promise<Checked<HostAsked>> {
  const { originPolicy: policy, buildSystem, digest: policyDigest } = effective;
  const proof = {
    policyDigest,
    bundleSha256: origin?.bundleSha256 ?? null,
    artifactSha256: origin?.digests.sha256 ?? null,
  } as unknown as HostAsked;
  const questions = policy === null ? null : providers[policy.provider].host;
  if (policy === null || origin === null || questions?.asks(policy) !== true) {
    return { ok: true, value: proof, findings: [] };
  }
  const api = buildSystem?.hostApi;
  if (api === undefined) throw new TypeError('a policy that asks a code host without an address');
  const build = { policy, claims: origin.claims, sha256: origin.digests.sha256 };
  const asked = await hosts.look({ api, project: effective.projectSlug, questions, build });
  // An outage decides nothing: where silence would refuse, it is waited for.
  if (questions.unknownDenies(policy)) waitForOutage(asked);
  const answers = new Map(asked.map(({ question, answer }) => [question.key, answer]));
  const { findings, later } = questions.judge(build, answers, (at) => effective.locateOrigin(at));
  const isRefused = failures(findings).length > 0;
  if (later !== null && !isRefused) {
    throw new HostUnavailable(`${later}; it is asked again`, 'nothing is to be done');
  }
  record({ api, answers: asked.slice(0, hostAnswersMax).map(inJournal) });
  return isRefused ? { ok: false, findings } : { ok: true, value: proof, findings };
}

function waitForOutage(asked: readonly AskedAnswer[]): void {
  for (const { answer, question, until } of asked) {
    if (answer.kind !== 'unknown' || !answer.passes) continue;
    throw new HostUnavailable(
      `the code host was asked for “${question.key}”: ${answer.problem}`,
      'see whether the code host is up, and whether the signer’s credentials are good',
      until,
    );
  }
}

function inJournal({ question, at, status, sha256, answer }: AskedAnswer): RecordedAnswer {
  const said = recorded(answer);
  return {
    question: question.key.slice(0, 300).toWellFormed(),
    path: question.path.slice(0, 1000),
    at: at.toISOString(),
    status,
    sha256,
    outcome: answer.kind,
    said: said === null ? null : JSON.stringify(said),
    problem: answer.kind === 'unknown' ? answer.problem.slice(0, 1000).toWellFormed() : null,
  };
}
