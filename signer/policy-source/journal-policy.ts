/** Publishes the signer's decisions about commits: in the journal, and in the table of accepted ones. */
import type { CommitSha, PersonHandle } from '#core/ids/index.ts';
import type { AcceptedCommit } from '#core/policy/acceptance/index.ts';
import { policyAccepted, policyRefused } from '#core/wire/journal/index.ts';
import type { Database } from '../ground/database/index.ts';
import { append } from '../ground/journal/index.ts';
import type { Refused } from './status.ts';

export async function journalAccepted(
  database: Database,
  { commit, acceptedAt }: AcceptedCommit,
  parent: CommitSha | null,
  signers: readonly PersonHandle[],
): Promise<void> {
  await database.transaction(async (transaction) => {
    const { rowCount } = await transaction.query('SELECT 1 FROM signer.accepted_snapshot WHERE commit = $1', [
      commit,
    ]);
    // Another signer on the same database may have been faster.
    if ((rowCount ?? 0) > 0) return;
    const entry = await append(transaction, acceptedAt, {
      requestId: null,
      event: policyAccepted({ commit, parent, signers }),
    });
    await transaction.query(
      'INSERT INTO signer.accepted_snapshot (commit, parent, signers, accepted_at) VALUES ($1, $2, $3, $4)',
      [commit, parent, signers, entry.at],
    );
  });
}

export async function journalRefused(
  database: Database,
  { commit, problem, reason }: Refused,
  at: Date,
): Promise<void> {
  await database.transaction((transaction) =>
    append(transaction, at, {
      requestId: null,
      event: policyRefused({ commit, problem, reason: reason.slice(0, 4000).toWellFormed() }),
    }),
  );
}
