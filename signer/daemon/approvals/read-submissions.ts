/**
 * Anybody with the portal's database role can hand in any number of rows. So they are read in the order that the database
 * gave them, page by page, from where reading stopped; what an approver signed about this request is kept in a table of the
 * signer's own, and the rest costs a look-up each. A decision that was read once can't be pushed out by anything that
 * comes later, and nothing is decided while there are rows that nobody has read.
 */
import { createHash } from 'node:crypto';
import { approverKeys, readDecision } from '#core/approval/index.ts';
import type { Approver } from '#core/approval/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { countSubmissions, nextSubmissions, readPlace, savePage } from './store.ts';
import type { Place } from './store.ts';

export interface Reading {
  /** Submissions there are. */
  readonly total: number;
  /** Submissions that the next call goes on with; 0: all of them are read. */
  readonly unread: number;
}

interface ReadingInput {
  readonly database: Database;
  readonly requestId: RequestId;
  /** The people whose decisions count under the policy in force. Others, or other keys, and reading begins again. */
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
    // Two transactions end in another order than they began, so a row can appear behind the place: from the start, then.
    if (ahead === 0) place = start;
  }
  const { total } = await countSubmissions(database, requestId, place.position);
  return { total, unread: Math.max(1, total - place.rowsRead) };
}

function digestOf(approvers: readonly Approver[]): string {
  const lines = approvers.flatMap(({ handle, keys }) => keys.map((line) => `${handle} ${line}`));
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
