/**
 * Rows of reports that nobody is going to search any more. What was signed stays: the document in the release store, its digest in the
 * journal, and the row of the report with its note.
 */
import { z } from 'zod';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { messageOf } from '../../ground/availability/index.ts';
import type { Database } from '../../ground/database/index.ts';

/** How long a report of a request that has ended is searched and compared. */
export const searchableDays = 180;

/** Reports in one round, oldest first; each has 100,000 entries at most. */
const roundMax = 20;
const rowSchema = z.object({ request_id: z.string().transform((text) => parseRequestId(text)) });

/**
 * Kept whatever their age: those of requests that may still be decided, and of the last release of a project's artifact configuration, which
 * the next one is compared with.
 */
const isOver = `report.entries_removed_at IS NULL AND report.made_at < $1
   AND EXISTS (SELECT FROM signer.request_state AS state
                WHERE state.request_id = report.request_id AND state.status IN ('completed', 'denied', 'failed'))
   AND NOT EXISTS (SELECT FROM signer.release AS own
                    WHERE own.request_id = report.request_id
                      AND NOT EXISTS (SELECT FROM signer.inspection_report AS other
                                        JOIN signer.release AS later ON later.request_id = other.request_id
                                       WHERE other.project = report.project AND other.configuration = report.configuration
                                         AND other.entries_removed_at IS NULL
                                         AND (later.released_at, later.request_id) > (own.released_at, own.request_id)))`;

export interface EntriesRemoved {
  readonly removed: readonly RequestId[];
  /** Reports whose rows could not be removed, each with the reason. */
  readonly problems: readonly string[];
}

/** One round. Several signers may do it at once, and it may be cut off anywhere. */
export async function removeEntries(
  database: Pick<Database, 'query' | 'transaction'>,
  now: Date,
): Promise<EntriesRemoved> {
  const cutoff = new Date(now.getTime() - searchableDays * 86_400_000);
  const rows = await database.query(
    `SELECT report.request_id::text FROM signer.inspection_report AS report WHERE ${isOver}
      ORDER BY report.made_at, report.request_id LIMIT ${roundMax}`,
    [cutoff],
  );
  const removed: RequestId[] = [];
  const problems: string[] = [];
  for (const { request_id: id } of rows.map((row) => rowSchema.parse(row))) {
    try {
      if (await removeOf(database, id, cutoff, now)) removed.push(id);
    } catch (error) {
      problems.push(`the entries of the report of request ${id} stay: ${messageOf(error)}`);
    }
  }
  return { removed, problems };
}

/** false: another signer is at it, or the report isn't over any more. */
function removeOf(
  database: Pick<Database, 'transaction'>,
  id: RequestId,
  cutoff: Date,
  now: Date,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const { rows } = await transaction.query(
      `SELECT report.request_id::text FROM signer.inspection_report AS report WHERE ${isOver} AND report.request_id = $2
          FOR UPDATE SKIP LOCKED`,
      [cutoff, id],
    );
    if (rows.length === 0) return false;
    await transaction.query('DELETE FROM signer.inspected_entry WHERE request_id = $1', [id]);
    await transaction.query(
      'UPDATE signer.inspection_report SET entries_removed_at = $2 WHERE request_id = $1',
      [id, now],
    );
    return true;
  });
}
