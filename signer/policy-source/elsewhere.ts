/**
 * What other signers on the same database have accepted. That is a hint where to look, and never a reason to accept: each signer judges
 * every commit by its own rules, and one that can't follow takes no requests.
 */
import { z } from 'zod';
import { parseCommitSha, type CommitSha, type PersonHandle } from '#core/ids/index.ts';
import { Unavailable } from '../ground/availability/index.ts';
import type { Database } from '../ground/database/index.ts';
import type { HeadVerdict } from './judge-head.ts';
import { hasCommit, isAncestor } from './read-clone.ts';
import type { PolicyClone } from './run-git.ts';

/** More are looked at once these are accepted. */
const commitsMax = 50;

const row = z.object({ commit: z.string().transform((value) => parseCommitSha(value)) });

interface Steps {
  readonly database: Pick<Database, 'query'>;
  readonly clone: PolicyClone;
  readonly accepted: CommitSha;
  /** Which wasn't accepted as the next one. */
  readonly head: CommitSha;
  readonly judge: (last: CommitSha, commit: CommitSha) => Promise<HeadVerdict>;
  readonly accept: (commit: CommitSha, last: CommitSha, signers: readonly PersonHandle[]) => Promise<unknown>;
}

/** Commits on the way to the head that another signer accepted, each judged as any head is → the last one accepted here. */
export async function stepTowards({
  database,
  clone,
  accepted,
  head,
  judge,
  accept,
}: Steps): Promise<CommitSha> {
  let last = accepted;
  for (const commit of await acceptedSince(database, accepted)) {
    if (commit === head || !(await hasCommit(clone, commit))) continue;
    if (!(await isAncestor(clone, commit, head))) continue;
    const verdict = await judge(last, commit);
    if (!verdict.ok) continue;
    await accept(commit, last, verdict.signers);
    last = commit;
  }
  return last;
}

/** What was recorded as accepted after `own`, oldest first. */
async function acceptedSince(
  database: Pick<Database, 'query'>,
  own: CommitSha,
): Promise<readonly CommitSha[]> {
  const rows = await database.query(
    `SELECT commit FROM signer.accepted_snapshot
      WHERE seq > coalesce((SELECT seq FROM signer.accepted_snapshot WHERE commit = $1), 0)
        AND commit IS DISTINCT FROM $1 ORDER BY seq LIMIT ${commitsMax}`,
    [own],
  );
  return rows.map((one) => row.parse(one).commit);
}

/**
 * The newest commit that another signer accepted and that isn't in the history of this one's; null: there is none. A commit that was
 * recorded late, as after a restored backup, may be older than what is in force here.
 */
export async function aheadOf(
  database: Pick<Database, 'query'>,
  clone: PolicyClone,
  own: CommitSha | null,
): Promise<CommitSha | null> {
  const rows = await database.query(
    `SELECT commit FROM signer.accepted_snapshot
      WHERE seq > coalesce((SELECT seq FROM signer.accepted_snapshot WHERE commit = $1), 0)
        AND commit IS DISTINCT FROM $1 ORDER BY seq DESC LIMIT 1`,
    [own],
  );
  if (rows[0] === undefined) return null;
  const { commit } = row.parse(rows[0]);
  if (own !== null && (await hasCommit(clone, commit)) && (await isAncestor(clone, commit, own))) return null;
  return commit;
}

export const behind = (commit: CommitSha, own: CommitSha | null, reason: string | null): Unavailable =>
  new Unavailable(
    'policy',
    `another signer has accepted policy ${commit}, and this one is at ${own ?? 'none'}${reason === null ? '' : `: ${reason}`}`,
    'see why this signer doesn’t accept it (service state, policy); it takes no requests until it has',
  );
