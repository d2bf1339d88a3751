/** Writes the signer's metrics into its own table, from where portals tell them: the signer opens no port. */
import { statfs } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Database } from '../../ground/database/index.ts';
import type { Measures } from './open-measures.ts';

/** As Prometheus asks by default. */
const everyMs = 15_000;

interface Options {
  readonly measures: Measures;
  readonly database: Pick<Database, 'query'>;
  readonly signer: string;
  /** What is told of the room on each: by name; null: a bucket, of whose room its server alone knows. */
  readonly folders: Readonly<Record<string, string | null>>;
  readonly log: Pick<Logger, 'warn'>;
}

/** The first is written at once. A folder whose room can't be read is left out of the next one. */
export function keepWriting(options: Options): {
  readonly write: () => Promise<void>;
  stop(): Promise<void>;
} {
  const { measures, database, signer, folders, log } = options;
  const writeOnce = async (): Promise<void> => {
    for (const [name, folder] of Object.entries(folders)) {
      if (folder === null) continue;
      const room = await statfs(folder).catch(() => null);
      if (room !== null) measures.room(name, room.bavail * room.bsize, room.blocks * room.bsize);
    }
    await database.query(
      `INSERT INTO signer.metrics (signer_id, metrics, written_at) VALUES ($1, $2, clock_timestamp())
       ON CONFLICT (signer_id) DO UPDATE SET metrics = $2, written_at = clock_timestamp()`,
      [signer, JSON.stringify(await measures.registry.getMetricsAsJSON())],
    );
  };
  let writing: Promise<void> | null = null;
  const write = (): Promise<void> =>
    (writing ??= writeOnce()
      // The row's age tells its readers.
      .catch((error: unknown) => log.warn({ err: error }, 'the metrics could not be written'))
      .finally(() => {
        writing = null;
      }));
  void write();
  const timer = setInterval(() => void write(), everyMs);
  return {
    write,
    async stop() {
      clearInterval(timer);
      await writing;
    },
  };
}
