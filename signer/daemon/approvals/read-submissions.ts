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
import { countSubmissions, nextSubmissions, readPlace, savePage } from './store.ts';
import type { Place } from './store.ts';

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

export async function readSubmissions(input: ReadingInput): Promise<Reading> {
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
  const stored = await readPlace(database, requestId);
  let place = stored?.keysSha256 === keysSha256 ? stored : start;
  for (let page = 0; page < pagesMax; page += 1) {
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
    const { total, ahead } = await countSubmissions(database, requestId, place.position);
    if (total === place.rowsRead) return { total, unread: 0 };
    // Transactions may commit in another order than they began, so a row can appear before the position: then reading
    // starts over.
    if (ahead === 0) place = start;
  }
  const { total } = await countSubmissions(database, requestId, place.position);
  return { total, unread: Math.max(1, total - place.rowsRead) };
}

function digestOf(approvers: readonly Approver[]): string {
  const lines = approvers.flatMap(({ handle, keys }) => keys.map((line) => `${handle} ${line}`));
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
