/**
 * Looks at released files again and again, a few at a time, beside the database's rows of them: a file that is lost or changed is noticed before
 * somebody downloads it. Its signature is right, so nothing is stopped: the file has to come from a backup (decision 0148).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Database } from '../../ground/database/index.ts';
import type { Released, ReleasedFiles } from '../../ground/store/index.ts';
import type { HealthReport } from '../health/index.ts';

export interface ReleasedWatch {
  report(): HealthReport;
  /** One round; for tests, and run by itself every ten seconds. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  readonly database: Pick<Database, 'query'>;
  readonly files: ReleasedFiles;
  /** Whether their bytes are read, too: a bucket's server answers for them, and reading takes its traffic. */
  readonly readsBytes: boolean;
  readonly log: Pick<Logger, 'error' | 'info' | 'warn'>;
  readonly now: () => Date;
  readonly everySeconds?: number;
}

interface Damage {
  readonly requestId: string;
  readonly sizeBytes: number;
  readonly what: Exclude<Released, 'whole'>;
}

/** Rows of a round whose files are asked for. */
const rowsAtOnce = 20;
/** Read and hashed in a round: files of the rows that are first in it, which are others each time all were asked for. */
const bytesAtOnce = 16 * 1024 * 1024;
const beginAgainMilliseconds = 600_000;
/** What is read of a large file meanwhile is no more than a disk of a busy signer can spare. */
const bytesPerSecond = 16 * 1024 * 1024;
const damagedAtOnce = 3;
const knownMax = 1000;
const namedMax = 3;

const rowSchema = z.object({
  request_id: z.string(),
  artifact_sha256: z.string(),
  artifact_size_bytes: z.coerce.number(),
});
const beforeAll = '00000000-0000-0000-0000-000000000000';
const hint =
  'restore it from a backup of the release store, or have the request’s artifact submitted again (docs/guides/recovery.md)';

export function keepCheckingReleased(options: Options): ReleasedWatch {
  const { database, files, readsBytes, log, now, everySeconds = 10 } = options;
  const damaged = new Map<string, Damage>();
  const ending = new AbortController();
  let after = beforeAll;
  /** Files asked for since the beginning of the table, and whether its end was reached once. */
  let asked = 0;
  let beganAt = now().getTime();
  /** How often all were asked for. */
  let completed = 0;
  let lookedAt: Date | null = null;
  let failure: string | null = null;
  const pace = (bytes: number): Promise<void> =>
    sleep((bytes / bytesPerSecond) * 1000, undefined, { signal: ending.signal });

  const note = (sha256: string, requestId: string, sizeBytes: number, found: Released): void => {
    const before = damaged.get(sha256);
    if (found === 'whole') return;
    if (before === undefined && damaged.size >= knownMax) return;
    damaged.set(sha256, { requestId, sizeBytes, what: found });
    if (before?.what !== found)
      log.error({ requestId, sha256, sizeBytes, found }, `a released file is ${found}: ${hint}`);
  };

  const look = async (): Promise<void> => {
    await lookAtDamaged();
    const isOver = completed > 0 && after === beforeAll;
    if (isOver && now().getTime() - beganAt < beginAgainMilliseconds) return;
    if (after === beforeAll) [asked, beganAt] = [0, now().getTime()];
    const found = await database.query(
      `SELECT request_id::text, artifact_sha256, artifact_size_bytes FROM signer.release
        WHERE request_id > $1::uuid ORDER BY request_id LIMIT $2`,
      [after, rowsAtOnce],
    );
    const rows = found.map((row) => rowSchema.parse(row));
    const first = rows.length === 0 ? 0 : completed % rows.length;
    let bytesLeft = readsBytes ? bytesAtOnce : 0;
    for (const { request_id: id, artifact_sha256: sha256, artifact_size_bytes: size } of [
      ...rows.slice(first),
      ...rows.slice(0, first),
    ]) {
      const isRead = bytesLeft > 0;
      if (isRead) bytesLeft -= size;
      const state = await (isRead ? files.isWhole(sha256, size, pace) : files.isThere(sha256, size));
      // Size alone says nothing of a file that had other bytes when they were read.
      if (isRead || state !== 'whole' || !damaged.has(sha256)) note(sha256, id, size, state);
    }
    asked += rows.length;
    after = rows.at(-1)?.request_id ?? after;
    if (rows.length === rowsAtOnce) return;
    after = beforeAll;
    completed += 1;
  };

  /** Who restores one waits for that; those that stay take turns. */
  const lookAtDamaged = async (): Promise<void> => {
    for (const [sha256, { requestId, sizeBytes }] of [...damaged].slice(0, damagedAtOnce)) {
      const state = await files.isWhole(sha256, sizeBytes, pace);
      const before = damaged.get(sha256);
      damaged.delete(sha256);
      if (state !== 'whole' && before !== undefined) damaged.set(sha256, { ...before, what: state });
      else log.info({ requestId, sha256 }, 'a released file is there again');
    }
  };

  let running: Promise<void> | null = null;
  const round = (): Promise<void> =>
    (running ??= look()
      .then(
        () => {
          failure = null;
          lookedAt = now();
        },
        (error: unknown) => {
          if (ending.signal.aborted) return;
          failure = error instanceof Error ? error.message : String(error);
          log.warn({ err: error }, 'released files could not be looked at');
        },
      )
      .finally(() => {
        running = null;
      }));
  const timer = setInterval(() => void round(), everySeconds * 1000);
  return {
    round,
    report() {
      const of = (what: Damage['what']): number =>
        [...damaged.values()].filter((one) => one.what === what).length;
      const measures = {
        missing: of('missing'),
        changed: of('changed'),
        asked,
        ...(lookedAt === null ? {} : { checked_timestamp_seconds: lookedAt.getTime() / 1000 }),
      };
      if (damaged.size > 0) {
        const named = [...damaged]
          .slice(0, namedMax)
          .map(([sha256, { requestId, what }]) => `${sha256} of request ${requestId} is ${what}`);
        const more = damaged.size > namedMax ? `, and ${damaged.size - namedMax} more` : '';
        return { state: 'degraded', detail: `${named.join('; ')}${more}: ${hint}`, measures };
      }
      if (failure !== null) return { state: 'degraded', detail: `can’t be looked at: ${failure}`, measures };
      const through = completed > 0 ? 'all were asked for at least once' : `${asked} were asked for so far`;
      return { state: 'ok', detail: `none is missing or changed: ${through}`, measures };
    },
    async stop() {
      clearInterval(timer);
      ending.abort();
      await running;
    },
  };
}
