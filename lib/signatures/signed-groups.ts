/**
 * How many files of a request each certificate signed, and between which times. The signer writes signatures before their release and
 * never changes them, so of what is released it is asked once: a request of 100,000 files takes PostgreSQL 60 ms.
 */
import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';

const groupSchema = z.object({
  request_id: z.string().transform((value) => parseRequestId(value)),
  certificate_serial: z.string(),
  untimestamped: z.bigint(),
  timestamped: z.bigint(),
  first: z.date().nullable(),
  last: z.date().nullable(),
});
const rowSchema = groupSchema.extend({ released: z.boolean() });
export type SignedGroup = z.output<typeof groupSchema>;

/** Requests whose groups are kept, and groups of one that are: a request takes as many certificates as its policy names. */
const requestsMax = 5_000;
const groupsMax = 20;

const kept = new WeakMap<Database, Map<RequestId, readonly SignedGroup[]>>();

/** Of a request that has signed nothing there is no group. */
export async function readSignedGroups(
  db: Database,
  requestIds: readonly RequestId[],
): Promise<readonly SignedGroup[]> {
  const known = kept.get(db) ?? new Map<RequestId, readonly SignedGroup[]>();
  kept.set(db, known);
  const missing = requestIds.filter((id) => !known.has(id));
  const there = requestIds.flatMap((id) => known.get(id) ?? []);
  if (missing.length === 0) return there;
  const rows = await db.$queryRaw<unknown[]>`
    SELECT signed.*, EXISTS (SELECT FROM signer.release WHERE release.request_id = signed.request_id::uuid) AS released
      FROM (SELECT request_id::text, certificate_serial,
                   count(*) FILTER (WHERE timestamped_at IS NULL) AS untimestamped, count(timestamped_at) AS timestamped,
                   min(timestamped_at) AS first, max(timestamped_at) AS last
              FROM signer.signature
             WHERE request_id = ANY(${missing}::uuid[])
             GROUP BY request_id, certificate_serial) AS signed`;
  const read = rows.map((row) => rowSchema.parse(row));
  for (const [id, groups] of Map.groupBy(read, (row) => row.request_id)) {
    if (groups.length <= groupsMax && groups.every((group) => group.released)) known.set(id, groups);
  }
  for (const oldest of known.keys()) {
    if (known.size <= requestsMax) break;
    known.delete(oldest);
  }
  return [...there, ...read];
}

/** How many files of a request are signed. */
export async function countSigned(db: Database, id: RequestId): Promise<number> {
  const groups = await readSignedGroups(db, [id]);
  return groups.reduce((sum, group) => sum + Number(group.untimestamped + group.timestamped), 0);
}
