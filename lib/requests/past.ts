/** Past requests as the replay takes them: facts out of the signer's journal, and nothing of the portal's own. */
import { pastRequestsFromJournal } from '../core/policy-plan/index.ts';
import type { PastRequest } from '../core/policy-plan/index.ts';
import { parseSha256Hex } from '../core/ids/index.ts';
import type { JournalEntry } from '../core/journal/index.ts';
import type { Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface PastRequests {
  /** Newest first. */
  readonly requests: readonly PastRequest[];
  /** How many older ones were left out. */
  readonly leftOut: number;
}

export const pastRequestsMax = 10_000;
/** A journal entry may list thousands of files: so many requests are in memory with their entries at once. */
const batchSize = 50;
const kinds = ['request.received', 'step.finished', 'request.released', 'request.denied', 'request.failed'];

/** What was read last, as long as the signer hasn't written since. */
const kept = new WeakMap<Database, { readonly key: string; readonly value: Promise<PastRequests> }>();

/** The newest requests that the signer looked at. Public: the journal is shown to everybody. */
export async function readPastRequests(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly limit: number };
}): Promise<PastRequests> {
  const { db } = call.ctx;
  const limit = Math.max(1, Math.min(pastRequestsMax, Math.floor(call.input.limit)));
  const {
    _count: count,
    _max: { updatedAt },
  } = await db.requestState.aggregate({ _count: true, _max: { updatedAt: true } });
  const key = `${limit} ${count} ${updatedAt?.toISOString() ?? ''}`;
  const known = kept.get(db);
  if (known?.key === key) return known.value;
  const value = read(db, limit, count);
  kept.set(db, { key, value });
  value.catch(() => kept.delete(db));
  return value;
}

async function read(db: Database, limit: number, count: number): Promise<PastRequests> {
  const newest = await db.requestState.findMany({
    select: { requestId: true },
    orderBy: [{ updatedAt: 'desc' }, { requestId: 'asc' }],
    take: limit,
  });
  const requests: PastRequest[] = [];
  for (let at = 0; at < newest.length; at += batchSize) {
    const ids = newest.slice(at, at + batchSize).map((one) => one.requestId);
    const rows = await db.journalEntry.findMany({
      where: { requestId: { in: ids }, kind: { in: kinds } },
      orderBy: { seq: 'asc' },
    });
    const found = new Map(pastRequestsFromJournal(rows.map(entryOf)).map((one) => [one.id, one]));
    requests.push(...ids.flatMap((id) => found.get(id) ?? []));
  }
  return { requests, leftOut: Math.max(0, count - newest.length) };
}

/** Another program's row; its hashes are checked by whoever verifies the journal. */
function entryOf(
  row: Omit<JournalEntry, 'previousHash' | 'entryHash'> & { previousHash: string; entryHash: string },
) {
  return {
    ...row,
    previousHash: parseSha256Hex(row.previousHash),
    entryHash: parseSha256Hex(row.entryHash),
  };
}
