import type { Logger } from 'pino';
import { readOptions } from '../command-line/index.ts';

export interface RunningPart {
  close(): Promise<void>;
}

/**
 * Starts a service (`script`, of package.json) from `--config FILE` and runs it until SIGTERM or SIGINT. Exits 2
 * where no file is named, 1 where it can't
 * start or stop.
 */
export async function runService(
  log: Logger,
  script: string,
  start: (configFile: string) => Promise<RunningPart>,
): Promise<void> {
  const usage = `usage: npm run ${script} -- --config FILE`;
  const { values } = readOptions(usage, { options: { config: { type: 'string' } } });
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const starting = start(values.config);
  // Also before it has started: then it stops as soon as it has.
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping');
    starting
      .then((running) => running.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    await starting;
  } catch (error) {
    log.fatal({ err: error }, `${script} could not start`);
    process.exitCode = 1;
  }
}
