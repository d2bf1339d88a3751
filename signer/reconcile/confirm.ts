/** Records what an operator has confirmed: first in the journal, then in the signer's own files. Deletes nothing. */
import { parseCommitSha } from '#core/ids/index.ts';
import { journalReconciled, signatureRecovered } from '#core/wire/journal/index.ts';
import type { Database } from '../ground/database/index.ts';
import { append, writeAnchor, type Anchor } from '../ground/journal/index.ts';
import { withAccepted, writeAccepted, type Accepted } from '../policy-source/index.ts';
import type { Comparison } from './comparison.ts';
import { restoreStopFile } from '../rulings/emergency-stop/index.ts';
import { differencesOf, keyHolderIsWhole, lostOf, policyToRestore, stopsToRestore } from './differences.ts';

interface Confirmation {
  readonly database: Database;
  readonly compared: Comparison;
  readonly anchorFile: string;
  readonly signerId: string;
  /** Account that confirmed it. */
  readonly by: string;
  readonly now: Date;
}

/** Maximum listed per kind; the counts are complete. */
const namedMax = 1000;

/** → the number of the entry `journal.reconciled`. After a crash in between it can be repeated for the rest. */
export async function confirmReconciliation(confirmation: Confirmation): Promise<string> {
  const { database, compared, anchorFile, signerId, now } = confirmation;
  const own = compared.keyHolders[0]?.head ?? null;
  const policy = policyToRestore(compared);
  if (policy !== null) await restoreAccepted(compared, policy, now);
  const entry = await database.transaction(async (transaction) => {
    for (const { requestKnown: _, requestId, ...signature } of compared.unknownSignatures) {
      const isId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(requestId);
      await append(transaction, now, {
        requestId: isId ? requestId : null,
        event: signatureRecovered({ ...signature, request: requestId }),
      });
    }
    if (!keyHolderIsWhole(compared))
      await transaction.query(
        'UPDATE signer.signature_claim SET signer_id = $2 WHERE signer_id = $1 AND signed_at IS NULL',
        [signerId, holderBefore(confirmation)],
      );
    return append(transaction, now, {
      requestId: null,
      event: reconciledBy(confirmation),
    });
  });
  const before = typeof compared.anchor === 'string' ? null : compared.anchor;
  const { inFile } = compared.accepted;
  const isCommit = inFile !== null && /^[0-9a-f]{40,64}$/.test(inFile);
  const accepted = policy ?? (isCommit ? inFile : before?.accepted);
  const hadStops = before?.stops;
  const stops =
    stopsToRestore(compared) === null
      ? hadStops
      : await restoreStopFile({ file: compared.stops.file, signer: signerId }, (hadStops ?? 0) + 1);
  const anchor: Anchor = {
    seq: entry.seq.toString(),
    hash: entry.entryHash,
    ...(own === null ? {} : { keyHolder: own }),
    ...(accepted === undefined ? {} : { accepted }),
    ...(stops === undefined ? {} : { stops }),
  };
  await writeAnchor(anchorFile, anchor);
  return anchor.seq;
}

/**
 * Who has the claims of signatures that this signer made before: its keyholder's journal isn't the one that knows what became of them. No
 * signer has such a name, so they are released by an operator alone (`--claims-of`).
 */
export const holderBefore = ({
  signerId,
  compared,
}: Pick<Confirmation, 'compared'> & { readonly signerId: string }): string =>
  `${signerId}/before-${compared.plan}`;

function reconciledBy({ compared, signerId, by }: Confirmation) {
  const { anchor, newest, unknownSignatures, unrecordedGrants, filesWithoutRow, rowsWithoutFile } = compared;
  const old = anchor === null || typeof anchor === 'string' ? null : { seq: anchor.seq, hash: anchor.hash };
  return journalReconciled({
    signer: signerId,
    by,
    plan: compared.plan,
    /** Where the journal ended by this signer's record. */
    oldHead: old,
    head: newest === null ? null : { seq: newest.seq, hash: newest.hash },
    lost: compared.remembered === 'same' ? null : lostOf(compared),
    differences: [...differencesOf(compared)],
    signaturesRecovered: unknownSignatures.length,
    signaturesUnrecorded: unrecordedGrants.length,
    releasesWithoutRow: filesWithoutRow.length,
    releasesWithoutRowNamed: filesWithoutRow.slice(0, namedMax).map((release) => ({ ...release })),
    rowsWithoutFile: rowsWithoutFile.length,
    rowsWithoutFileNamed: rowsWithoutFile.slice(0, namedMax).map((row) => ({ ...row })),
  });
}

async function restoreAccepted({ accepted }: Comparison, last: string, now: Date): Promise<void> {
  let restored: Accepted | null = null;
  for (const { commit, acceptedAt } of accepted.inDatabase)
    restored = withAccepted(restored, { commit: parseCommitSha(commit), acceptedAt: new Date(acceptedAt) });
  if (restored?.last.commit !== last)
    restored = withAccepted(restored, { commit: parseCommitSha(last), acceptedAt: now });
  await writeAccepted(accepted.file, restored);
}
