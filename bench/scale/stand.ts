/** What the cases share: a PostgreSQL of its own, percentiles, and lines for the record. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { prepareStackPaths, removeServiceFolder, startPostgres } from '../../dev/stack/index.ts';
import { migrateDatabase } from '../../scripts/database/migrate.ts';

export interface Stand {
  /** Connection strings by role. */
  readonly urls: { readonly owner: string; readonly signer: string; readonly portal: string };
  readonly owner: pg.Client;
  /** Absolute; removed at the end. */
  readonly folder: string;
}

/** Runs `work` on a migrated database of its own, which doesn't flush: processor time and reads are measured, not the disk. */
export async function withDatabase(work: (stand: Stand) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-scale-'));
  const paths = prepareStackPaths(folder);
  try {
    const postgres = await startPostgres(paths, { durable: false });
    try {
      const urls = await postgres.prepareDatabase();
      await migrateDatabase({ ownerUrl: urls.owner });
      const owner = new pg.Client({ connectionString: urls.owner });
      await owner.connect();
      try {
        await work({ urls, owner, folder });
      } finally {
        await owner.end();
      }
    } finally {
      await postgres.stop();
    }
  } finally {
    removeServiceFolder(paths.postgres);
    rmSync(paths.state, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of each of `times` runs → p50 and p95. */
export async function timed(
  times: number,
  work: () => Promise<unknown>,
): Promise<{ readonly p50: number; readonly p95: number }> {
  const measured: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const start = performance.now();
    await work();
    measured.push(performance.now() - start);
  }
  const sorted = measured.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(times - 1, Math.floor(times * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Highest memory of this process so far, in MiB. */
export const peakMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1024);
