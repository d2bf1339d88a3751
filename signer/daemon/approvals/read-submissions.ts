/**
 * Anybody with the portal's database role can insert any number of rows. So they are read in database order, page by
 * page, from where reading stopped; what an approver signed about this request is kept in a table of the signer's
 * own, and every other row costs one look-up. A decision once read can't be displaced by later rows, and nothing is
 * decided while rows are unread.
 */
import { createHash } from 'node:crypto';
import { approverKeys, readDecision } from '#core/approval/index.ts';
import type { Approver } from '#core/approval/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { nextSubmissions, readStanding, savePage } from './store.ts';
import type { Place, RecordedDecisions, Standing } from './store.ts';

export interface Reading {
  /** Number of submissions. */
  readonly total: number;
  /** Submissions left for the next call; 0: all are read. */
  readonly unread: number;
}

interface ReadingInput {
  readonly database: Database;
  readonly requestId: RequestId;
  /** The people whose decisions count under the policy in force. If they or their keys change, reading starts over. */
  readonly approvers: readonly Approver[];
  readonly now: Date;
  readonly pageRows?: number;
  readonly pagesMax?: number;
}

const defaultPageRows = 500;
/** 20,000 submissions in one call: about a second of them. */
const defaultPagesMax = 40;

/** Reads what is new → how far, and everything that is on record then. */
export async function readSubmissions(
  input: ReadingInput,
): Promise<RecordedDecisions & { readonly reading: Reading }> {
  const {
    database,
    requestId,
    approvers,
    now,
    pageRows = defaultPageRows,
    pagesMax = defaultPagesMax,
  } = input;
  const keys = approverKeys(approvers);
  const keysSha256 = digestOf(approvers);
  const start: Place = { keysSha256, position: 0n, rowsRead: 0 };
  let standing = await readStanding(database, requestId);
  let place = standing.place?.keysSha256 === keysSha256 ? standing.place : start;
  // What is known to come after a place counts from the one on record; after the start comes all that there is.
  const isBehind = ({ total, ahead }: Standing): boolean => (place === start ? total : ahead) > 0;
  let isMore = isBehind(standing);
  for (let page = 0; page < pagesMax; page += 1) {
    if (isMore) {
      const rows = await nextSubmissions(database, requestId, place.position, pageRows);
      const last = rows.at(-1);
      if (last !== undefined) {
        const decisions = rows.flatMap(({ submission }) => {
          if (submission === null) return [];
          const read = readDecision(keys, submission);
          const about = read.ok && read.value.request === requestId;
          return about ? [{ ...submission, signed: read.value }] : [];
        });
        place = { keysSha256, position: last.seq, rowsRead: place.rowsRead + rows.length };
        await savePage(database, requestId, place, decisions, now);
        if (rows.length === pageRows) continue;
      }
      standing = await readStanding(database, requestId);
      isMore = isBehind(standing);
    }
    const { total, recorded } = standing;
    if (total === place.rowsRead) return { ...recorded, reading: { total, unread: 0 } };
    // Transactions may commit in another order than they began, so a row can appear before the position: then reading
    // starts over.
    if (!isMore) {
      place = start;
      isMore = total > 0;
    }
  }
  const { total, recorded } = await readStanding(database, requestId);
  return { ...recorded, reading: { total, unread: Math.max(1, total - place.rowsRead) } };
}

function digestOf(approvers: readonly Approver[]): string {
  const lines = approvers.flatMap(({ handle, keys }) => keys.map((line) => `${handle} ${line}`));
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
