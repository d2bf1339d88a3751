/** What the signer says of itself and of what it depends on: rows for the portal's readiness and status pages. */
import type { Logger } from 'pino';
import { messageOf } from '../availability/index.ts';
import type { Database } from '../database/index.ts';

export interface HealthReport {
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail: string;
}

export interface HealthProbe {
  readonly component: string;
  readonly probe: () => Promise<HealthReport>;
}

const intervalMs = 10_000;

/** Probes everything now and every ten seconds; a probe that throws means "down", with its message. */
export function reportHealth(
  database: Database,
  probes: readonly HealthProbe[],
  log: Logger,
  now: () => Date,
): { refresh(): Promise<void>; stop(): Promise<void> } {
  let round: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const { component, probe } of probes) {
      const report = await probe().catch((error: unknown): HealthReport => ({
        state: 'down',
        detail: messageOf(error),
      }));
      try {
        await database.query(
          `INSERT INTO signer.component_health (component, state, detail, checked_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (component) DO UPDATE SET state = $2, detail = $3, checked_at = $4`,
          [component, report.state, report.detail.slice(0, 2000), now()],
        );
      } catch (error) {
        log.error({ component, err: error }, 'health could not be reported');
      }
    }
  };
  let looking = true;
  const start = (): void => {
    looking = true;
    round = look().finally(() => {
      looking = false;
    });
  };
  start();
  const timer = setInterval(() => {
    // Probes of what is down can take longer than the interval: rounds must not queue up.
    if (!looking) start();
  }, intervalMs);
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
