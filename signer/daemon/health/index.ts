/** The signer's reports on itself and its dependencies: rows for the portal's readiness and status pages. */
import type { Logger } from 'pino';
import { messageOf } from '../../ground/availability/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface HealthReport {
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail: string;
  /** For monitoring systems, by name; times in seconds since 1970, so that the reader judges their age. */
  readonly measures?: Readonly<Record<string, number>>;
}

export interface HealthProbe {
  readonly component: string;
  readonly probe: () => Promise<HealthReport>;
}

const intervalMs = 10_000;
/** Longer than any of the signer's own timeouts for a working database, key holder or scanner. */
const answerMs = 20_000;

/**
 * Runs all probes now and every ten seconds, concurrently: one that hangs affects only its own report. A probe that
 * throws or gives no answer means "down".
 */
export function reportHealth(
  { database, signer }: { readonly database: Pick<Database, 'query'>; readonly signer: string },
  probes: readonly HealthProbe[],
  log: Pick<Logger, 'error'>,
  timeouts: { readonly intervalMs?: number; readonly answerMs?: number } = {},
): { refresh(): Promise<void>; stop(): Promise<void> } {
  let round: Promise<unknown> = Promise.resolve();
  const runProbe = async ({ component, probe }: HealthProbe): Promise<void> => {
    const report = await answerOf(probe, timeouts.answerMs ?? answerMs);
    try {
      await database.query(
        // The second table is what the portal of the release before reads. The time is the database's: a signer whose clock is behind would
        // else count as silent, and nobody would read that it is its clock.
        `WITH earlier AS (
           INSERT INTO signer.component_health (component, state, detail, measures, checked_at) VALUES ($2, $3, $4, $5, clock_timestamp())
           ON CONFLICT (component) DO UPDATE SET state = $3, detail = $4, measures = $5, checked_at = clock_timestamp())
         INSERT INTO signer.signer_health (signer_id, component, state, detail, measures, checked_at)
         VALUES ($1, $2, $3, $4, $5, clock_timestamp())
         ON CONFLICT (signer_id, component) DO UPDATE SET state = $3, detail = $4, measures = $5, checked_at = clock_timestamp()`,
        // A detail may quote hostile input; PostgreSQL stores no NUL in a text.
        [
          signer,
          component,
          report.state,
          report.detail.slice(0, 2000).toWellFormed().replaceAll('\0', '\uFFFD'),
          JSON.stringify(report.measures ?? {}),
        ],
      );
    } catch (error) {
      // The row's age shows this to its readers.
      log.error({ component, err: error }, 'health could not be reported');
    }
  };
  let isRunning = true;
  const start = (): void => {
    isRunning = true;
    round = Promise.all(probes.map(runProbe)).finally(() => {
      isRunning = false;
    });
  };
  start();
  const timer = setInterval(() => {
    // Probes of what is down can take longer than the interval; rounds must not queue up.
    if (!isRunning) start();
  }, timeouts.intervalMs ?? intervalMs);
  return {
    // After the current round, which may have probed too early.
    async refresh() {
      await round;
      if (!isRunning) start();
      await round;
    },
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}

async function answerOf(probe: HealthProbe['probe'], milliseconds: number): Promise<HealthReport> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthReport>((resolve) => {
    const detail = `no answer in ${milliseconds / 1000} s`;
    timer = setTimeout(() => resolve({ state: 'down', detail }), milliseconds);
  });
  const answer = Promise.resolve()
    .then(probe)
    .catch((error: unknown): HealthReport => ({ state: 'down', detail: messageOf(error) }));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
