/** What the signer says of itself and of what it depends on: rows for the portal's readiness and status pages. */
import type { Logger } from 'pino';
import { messageOf } from '../../ground/availability/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface HealthReport {
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail: string;
  /** For a monitoring system, by name; times in seconds since 1970, so that whoever reads them judges their age. */
  readonly measures?: Readonly<Record<string, number>>;
}

export interface HealthProbe {
  readonly component: string;
  readonly probe: () => Promise<HealthReport>;
}

const intervalMs = 10_000;
/** Longer than any of the signer's own waits for a database, a key holder or a scanner in order. */
const answerMs = 20_000;

/**
 * Probes everything now and every ten seconds, side by side: one that hangs says so of itself and of nothing else. A probe
 * that throws, or gives no answer, means "down".
 */
export function reportHealth(
  database: Pick<Database, 'query'>,
  probes: readonly HealthProbe[],
  log: Pick<Logger, 'error'>,
  now: () => Date,
  timeouts: { readonly intervalMs?: number; readonly answerMs?: number } = {},
): { refresh(): Promise<void>; stop(): Promise<void> } {
  let round: Promise<unknown> = Promise.resolve();
  const look = async ({ component, probe }: HealthProbe): Promise<void> => {
    const report = await answerOf(probe, timeouts.answerMs ?? answerMs);
    try {
      await database.query(
        `INSERT INTO signer.component_health (component, state, detail, measures, checked_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (component) DO UPDATE SET state = $2, detail = $3, measures = $4, checked_at = $5`,
        // A detail may quote what hostile bytes have shaped; PostgreSQL keeps no NUL in a text.
        [
          component,
          report.state,
          report.detail.slice(0, 2000).toWellFormed().replaceAll('\0', '\uFFFD'),
          JSON.stringify(report.measures ?? {}),
          now(),
        ],
      );
    } catch (error) {
      // The row grows old, and whoever reads it sees that.
      log.error({ component, err: error }, 'health could not be reported');
    }
  };
  let looking = true;
  const start = (): void => {
    looking = true;
    round = Promise.all(probes.map(look)).finally(() => {
      looking = false;
    });
  };
  start();
  const timer = setInterval(() => {
    // Probes of what is down can take longer than the interval: rounds must not queue up.
    if (!looking) start();
  }, timeouts.intervalMs ?? intervalMs);
  return {
    // After the round at work, which may have looked too early.
    async refresh() {
      await round;
      if (!looking) start();
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
  const asked = Promise.resolve()
    .then(probe)
    .catch((error: unknown): HealthReport => ({ state: 'down', detail: messageOf(error) }));
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
