/** The policy in force: the newest commit the signer accepted. Nothing else is ever shown as policy. */
import { isError } from '#core/error/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { startOfHour, windowStart } from '#core/policy/acceptance/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { PolicyRepositoryError } from '../policy-repository/index.ts';
import type { Portal } from './context.ts';

export interface AcceptedPolicy {
  readonly commit: CommitSha;
  readonly acceptedAt: Date;
  /** Handles of the policy maintainers whose signatures the signer counted. */
  readonly signers: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly snapshot: PolicySnapshot;
}

type Source = Pick<Portal, 'db' | 'policies'>;

/** null until the signer has accepted its first commit. */
export async function acceptedPolicy(source: Source): Promise<AcceptedPolicy | null> {
  const row = await source.db.acceptedSnapshot.findFirst({ orderBy: { seq: 'desc' } });
  return row === null ? null : load(source, row);
}

/** null for every commit the signer never accepted: a mere proposal is not policy. */
export async function acceptedPolicyAt(source: Source, commit: CommitSha): Promise<AcceptedPolicy | null> {
  const row = await source.db.acceptedSnapshot.findUnique({ where: { commit } });
  return row === null ? null : load(source, row);
}

/**
 * What a commit says of a few projects, for whoever needs no more of a policy of the past: a whole one is parsed for it only where
 * that is the policy in force. null for every commit the signer never accepted.
 */
export async function acceptedPartAt(
  source: Source,
  commit: CommitSha,
  asked: Parameters<Source['policies']['partAt']>[1],
): Promise<PolicySnapshot | null> {
  const accepted = await acceptedPolicy(source);
  if (accepted?.commit === commit) return accepted.snapshot;
  const row = await source.db.acceptedSnapshot.findUnique({ where: { commit }, select: { commit: true } });
  return row === null ? null : source.policies.partAt(commit, asked, accepted?.snapshot);
}

/**
 * What was in force some days ago, which guards count from; where it is no policy to this version of the portal, null, and
 * they count from what is in force. The signer remembers the same by itself: of each hour the first (worthRemembering).
 */
export async function earlierPolicy(source: Source & Pick<Portal, 'now'>): Promise<PolicySnapshot | null> {
  const { acceptedSnapshot } = source.db;
  const last = await acceptedSnapshot.findFirst({
    where: { acceptedAt: { lte: windowStart(source.now()) } },
    orderBy: { seq: 'desc' },
  });
  const first = await acceptedSnapshot.findFirst({
    ...(last === null ? {} : { where: { acceptedAt: { gte: startOfHour(last.acceptedAt) } } }),
    orderBy: { seq: 'asc' },
  });
  if (first === null) return null;
  try {
    return (await source.policies.at(parseCommitSha(first.commit))).snapshot;
  } catch (error) {
    if (isError(error, PolicyRepositoryError) && error.code === 'POLICY_INVALID') return null;
    throw error;
  }
}

async function load(
  source: Source,
  row: { readonly commit: string; readonly acceptedAt: Date; readonly signers: readonly string[] },
): Promise<AcceptedPolicy> {
  const commit = parseCommitSha(row.commit);
  const { files, snapshot } = await source.policies.at(commit);
  return { commit, acceptedAt: row.acceptedAt, signers: row.signers, files, snapshot };
}
