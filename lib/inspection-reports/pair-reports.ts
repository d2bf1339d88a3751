/** Two reports held against each other, file by file. What it costs, it costs once for two reports: neither ever changes. */
import { z } from 'zod';
import { pairFiles, type ComparedFile } from '#core/inspection-report/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';

export interface PairedReport {
  readonly id: RequestId;
  /** SHA-256 of its document. */
  readonly sha256: string;
  readonly files: number;
}

/** Positions in one report, or in both. */
export interface Difference {
  readonly before: number | null;
  readonly after: number | null;
}

export interface Differences {
  readonly changed: readonly Difference[];
  readonly added: readonly Difference[];
  readonly removed: readonly Difference[];
  readonly moved: readonly Difference[];
  readonly unchanged: number;
}

const keptMax = 16;
const kept = new Map<string, Promise<Differences>>();

export function differencesOf(db: Database, before: PairedReport, after: PairedReport): Promise<Differences> {
  const key = `${before.sha256} ${after.sha256}`;
  const known = kept.get(key);
  if (known !== undefined) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const made = compute(db, before, after);
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  for (const oldest of kept.keys()) {
    if (kept.size <= keptMax) break;
    kept.delete(oldest);
  }
  return made;
}

interface File extends ComparedFile {
  readonly sameness: string;
}

async function compute(db: Database, before: PairedReport, after: PairedReport): Promise<Differences> {
  const [removedOrChanged, addedOrChanged] = await Promise.all([
    filesWithoutEqual(db, before, after),
    filesWithoutEqual(db, after, before),
  ]);
  const { added, removed, paired, moved } = pairFiles(removedOrChanged, addedOrChanged);
  const changed = paired.filter((pair) => pair.before.sameness !== pair.after.sameness);
  const compared = after.files > 1 ? after.files - 1 : after.files;
  const both = ({
    before: one,
    after: other,
  }: {
    readonly before: File;
    readonly after: File;
  }): Difference => ({
    before: one.position,
    after: other.position,
  });
  return {
    changed: changed.map(both),
    added: added.map(({ position }) => ({ before: null, after: position })),
    removed: removed.map(({ position }) => ({ before: position, after: null })),
    moved: moved.map(both),
    unchanged: Math.max(0, compared - changed.length - added.length - moved.length),
  };
}

const rowSchema = z
  .tuple([z.number(), z.string(), z.string(), z.string(), z.string().nullable(), z.number()])
  .transform(([position, path, sameness, likeness, sha256, sizeBytes]): File => ({
    position,
    path,
    sameness,
    likeness,
    sha256,
    sizeBytes,
  }));
const rowsSchema = z.array(rowSchema);

/** Files of one report that the other doesn’t have at the same path with the same facts; the artifact itself only where it is all there is. */
async function filesWithoutEqual(
  db: Database,
  of: PairedReport,
  other: PairedReport,
): Promise<readonly File[]> {
  const first = of.files > 1 ? 1 : 0;
  // One value for all rows: a hundred thousand of them would each cost the client more than the comparison.
  const [row] = await db.$queryRaw<{ files: string | null }[]>`
    SELECT json_agg(json_build_array(position, path, sameness, likeness, sha256, size_bytes) ORDER BY position)::text AS files
      FROM signer.inspected_entry AS own
     WHERE request_id = ${of.id}::uuid AND position >= ${first}::int AND NOT is_folder
       AND NOT EXISTS (SELECT FROM signer.inspected_entry AS other
                        WHERE other.request_id = ${other.id}::uuid AND other.path = own.path
                          AND other.sameness = own.sameness)`;
  const files = row?.files ?? null;
  return files === null ? [] : rowsSchema.parse(JSON.parse(files));
}
