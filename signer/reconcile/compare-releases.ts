/** The release store beside the database's rows of releases. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Database } from '../ground/database/index.ts';
import { objectPath } from '../ground/store/index.ts';
import type { Comparison } from './compare.ts';
import { listedMax, pageSize } from './limits.ts';

export async function compareReleases(
  database: Database,
  store: string,
): Promise<Pick<Comparison, 'filesWithoutRow' | 'rowsWithoutFile'>> {
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
      const there = await stat(objectPath(store, parseSha256Hex(sha256))).catch(nullIfMissing);
      if (there === null && rowsWithoutFile.length < listedMax) rowsWithoutFile.push({ requestId, sha256 });
    }
    if (rows.length < pageSize) break;
  }
  const filesWithoutRow: Comparison['filesWithoutRow'][number][] = [];
  for (const folder of await names(store, /^[0-9a-f]{2}$/)) {
    for (const rest of await names(path.join(store, folder), /^[0-9a-f]{62}$/)) {
      const sha256 = folder + rest;
      if (named.has(sha256) || filesWithoutRow.length >= listedMax) continue;
      const found = await stat(path.join(store, folder, rest)).catch(nullIfMissing);
      if (found?.isFile() === true)
        filesWithoutRow.push({ sha256, sizeBytes: found.size, at: found.mtime.toISOString() });
    }
  }
  return { filesWithoutRow, rowsWithoutFile };
}

async function names(folder: string, shape: RegExp): Promise<readonly string[]> {
  const found = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return found.filter((name) => shape.test(name)).sort();
}

function nullIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
