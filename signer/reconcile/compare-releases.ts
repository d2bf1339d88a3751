/** The release store beside the database's rows of releases. */
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { StorePlace } from '../../lib/host/configuration/index.ts';
import {
  ObjectStoreError,
  openObjects,
  type ObjectFacts,
  type ObjectLister,
  type ObjectReader,
} from '../../lib/host/object-store/index.ts';
import type { Database } from '../ground/database/index.ts';
import type { Comparison } from './comparison.ts';
import { listedMax, pageSize } from './limits.ts';

export async function compareReleases(
  database: Database,
  place: StorePlace,
): Promise<Pick<Comparison, 'filesWithoutRow' | 'rowsWithoutFile'>> {
  const store: ObjectReader & ObjectLister = openObjects(place);
  const named = new Set<string>();
  const rowsWithoutFile: Comparison['rowsWithoutFile'][number][] = [];
  const rowSchema = z.object({ request_id: z.string(), artifact_sha256: z.string() });
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await database.query(
      'SELECT request_id, artifact_sha256 FROM signer.release WHERE request_id > $1::uuid ORDER BY request_id LIMIT $2',
      [after, pageSize],
    );
    for (const row of rows) {
      const { request_id: requestId, artifact_sha256: sha256 } = rowSchema.parse(row);
      named.add(sha256);
      after = requestId;
      const there = await store.stat(parseSha256Hex(sha256)).catch(nullIfMissing);
      if (there === null && rowsWithoutFile.length < listedMax) rowsWithoutFile.push({ requestId, sha256 });
    }
    if (rows.length < pageSize) break;
  }
  const filesWithoutRow: Comparison['filesWithoutRow'][number][] = [];
  for (let part = 0; part < 256; part += 1) {
    const found = await objectsOf(store, part.toString(16).padStart(2, '0'));
    for (const { sha256, sizeBytes, modifiedAt } of found) {
      if (named.has(sha256) || filesWithoutRow.length >= listedMax) continue;
      filesWithoutRow.push({ sha256, sizeBytes, at: modifiedAt.toISOString() });
    }
  }
  return { filesWithoutRow, rowsWithoutFile };
}

interface Listed extends ObjectFacts {
  readonly sha256: string;
}

async function objectsOf(store: ObjectLister, part: string): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  try {
    for await (const one of store.list(part)) found.push(one);
  } catch (error) {
    nullIfMissing(error);
  }
  return found.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}

/** Before the first release there is no store. */
function nullIfMissing(error: unknown): null {
  if (isError(error, ObjectStoreError) && error.code === 'STORE_MISSING') return null;
  throw error;
}
