/** The signer daemon: wiring only. `npm run daemon -- --config signer.yaml` */
import { mkdir, rm } from 'node:fs/promises';
import { readOptions } from '../ground/command-line/index.ts';
import { readConfig } from '../ground/config/index.ts';
import { openLog } from '../ground/log/index.ts';
import { openSigner } from './open-signer.ts';
import { standBy } from './stand-by.ts';

const usage = 'usage: npm run daemon -- --config FILE';
const { values } = readOptions(usage, { options: { config: { type: 'string' } } });
const log = openLog('signer');
// A copy: the YAML parser asks it at every token, and asking the system for it was a sixth of reading a policy.
process.env = { ...process.env };

async function main(): Promise<void> {
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const config = readConfig(values.config);
  // Left over from a killed signer, whose passes start over.
  await rm(config.workDirectory, { recursive: true, force: true });
  await mkdir(config.workDirectory, { recursive: true, mode: 0o700 });
  let running: { close(): Promise<void> } | null = null;
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping');
    Promise.resolve(running?.close()).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const waiting = await standBy(config, log);
  if (waiting !== null) {
    running = waiting;
    if (!(await waiting.ended)) return;
    log.info('the journal was reconciled; the signer starts');
  }
  running = await openSigner(config, log);
  log.info('the signer is ready');
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exit(1);
});
