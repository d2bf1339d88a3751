/** Past requests as the replay takes them: facts out of the signer's journal, and nothing of the portal's own. */
import { z } from 'zod';
import { pastRequestsFromJournal } from '#core/policy/plan/index.ts';
import type { PastRequest } from '#core/policy/plan/index.ts';
import { parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { JournalEntry, JournalKind } from '#core/wire/journal/index.ts';
import type { Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { countBefore, countRequests } from './count.ts';
import { formatCursor, parseCursor } from './cursor.ts';

export interface PastRequests {
  /** Newest first. */
  readonly requests: readonly PastRequest[];
  /** How many older ones were left out. */
  readonly leftOut: number;
}

/** What the portal itself replays. */
const replayedMax = 10_000;
/** On a page of what everybody may ask for. */
const pastPageMax = 100;
/** Of journal entries on a page: a request may have half a megabyte of them, or more. A page has one request at least. */
const pageBytesMax = 1024 * 1024;
/** A journal entry may list thousands of files: so many requests are in memory with their entries at once. */
const batchSize = 50;
const kinds: JournalKind[] = [
  'request.received',
  'step.finished',
  'request.released',
  'request.denied',
  'request.failed',
];

/** The last result, valid as long as the signer hasn't written since. */
const kept = new WeakMap<Database, { readonly key: string; readonly value: Promise<PastRequests> }>();

export interface PastPage extends PastRequests {
  /** Cursor of the next page, or null on the last one. */
  readonly next: string | null;
}

const placeSchema = z.object({
  id: z.string().transform((value) => parseRequestId(value)),
  updated_at: z.date(),
});
const sizeSchema = z.object({ id: z.string(), bytes: z.coerce.number() });

/** Past requests, the last decided first, in pages that end where they would cost too much. Public: the journal is shown to everybody. */
export async function listPastRequests(call: {
  readonly ctx: Pick<Context, 'db' | 'now'>;
  readonly input: { readonly limit: number; readonly cursor?: string | undefined };
}): Promise<PastPage> {
  const { db } = call.ctx;
  const limit = Math.max(1, Math.min(pastPageMax, Math.floor(call.input.limit)));
  const after = call.input.cursor === undefined ? null : parseCursor(call.input.cursor);
  const [at, id] = [after?.submittedAt ?? null, after?.id ?? null];
  const rows = await db.$queryRaw<unknown[]>`
    SELECT request_id::text AS id, updated_at
      FROM signer.request_state
     WHERE ${at}::timestamptz IS NULL OR (updated_at, request_id) < (${at}::timestamptz, ${id}::uuid)
     ORDER BY updated_at DESC, request_id DESC
     LIMIT ${limit + 1}`;
  const places = rows.map((row) => placeSchema.parse(row));
  const page = await fitting(db, places.slice(0, limit));
  const last = page.at(-1);
  if (last === undefined) return { requests: [], leftOut: 0, next: null };
  const [requests, leftOut] = await Promise.all([
    readBatch(
      db,
      page.map((request) => request.id),
    ),
    countBefore(call.ctx, { updatedAt: last.updated_at, id: last.id }),
  ]);
  const next = leftOut === 0 ? null : formatCursor({ submittedAt: last.updated_at, id: last.id });
  return { requests, leftOut, next };
}

/** So many of the first ones as a page may hold. */
async function fitting<Place extends { readonly id: RequestId }>(
  db: Database,
  places: readonly Place[],
): Promise<readonly Place[]> {
  // Sizes are known without reading what was compressed or moved out of the row.
  const rows = await db.$queryRaw<unknown[]>`
    SELECT request_id::text AS id, sum(octet_length(body)) AS bytes
      FROM signer.journal
     WHERE request_id = ANY(${places.map((place) => place.id)}::uuid[]) AND kind = ANY(${kinds}::text[])
     GROUP BY request_id`;
  const bytesOf = new Map(rows.map((row) => sizeSchema.parse(row)).map((row) => [row.id, row.bytes]));
  let bytes = 0;
  const end = places.findIndex(({ id }, index) => {
    bytes += bytesOf.get(id) ?? 0;
    return index > 0 && bytes > pageBytesMax;
  });
  return end === -1 ? places : places.slice(0, end);
}

/** The newest requests that the signer processed, all at once: for what the portal itself replays. */
export async function readPastRequests(call: {
  readonly ctx: Pick<Context, 'db' | 'now'>;
  readonly input: { readonly limit: number };
}): Promise<PastRequests> {
  const { db } = call.ctx;
  const limit = Math.max(1, Math.min(replayedMax, Math.floor(call.input.limit)));
  const [newest, counts] = await Promise.all([
    db.requestState.findFirst({ select: { requestId: true, updatedAt: true }, orderBy }),
    countRequests(call),
  ]);
  const count = [...counts.values()].reduce((sum, inStatus) => sum + inStatus, 0);
  const key = `${limit} ${count} ${newest?.requestId ?? ''} ${newest?.updatedAt.toISOString() ?? ''}`;
  const known = kept.get(db);
  if (known?.key === key) return known.value;
  const value = read(db, limit, count);
  kept.set(db, { key, value });
  value.catch(() => kept.delete(db));
  return value;
}

const orderBy = [{ updatedAt: 'desc' as const }, { requestId: 'desc' as const }];

async function read(db: Database, limit: number, count: number): Promise<PastRequests> {
  const newest = await db.requestState.findMany({ select: { requestId: true }, orderBy, take: limit });
  const requests: PastRequest[] = [];
  for (let at = 0; at < newest.length; at += batchSize) {
    const ids = newest.slice(at, at + batchSize).map((request) => request.requestId);
    requests.push(...(await readBatch(db, ids)));
  }
  return { requests, leftOut: Math.max(0, count - newest.length) };
}

async function readBatch(db: Database, ids: readonly string[]): Promise<readonly PastRequest[]> {
  const rows = await db.journalEntry.findMany({
    where: { requestId: { in: [...ids] }, kind: { in: kinds } },
    orderBy: { seq: 'asc' },
  });
  const found = new Map(pastRequestsFromJournal(rows.map(entryOf)).map((request) => [request.id, request]));
  return ids.flatMap((id) => found.get(id) ?? []);
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
