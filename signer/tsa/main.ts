/** node signer/tsa/main.ts --config tsa.yaml: the RFC 3161 timestamp authority, until SIGTERM or SIGINT. */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readTsaConfig } from './config.ts';
import { startTimestampAuthority } from './start.ts';

const log = pino({ name: 'tsa' });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) {
    process.stderr.write('usage: node signer/tsa/main.ts --config tsa.yaml\n');
    process.exitCode = 2;
    return;
  }
  const config = await readTsaConfig(values.config);
  const authority = await startTimestampAuthority(config, (error) =>
    log.error({ err: error }, 'no timestamp'),
  );
  log.info({ url: authority.url }, 'the timestamp authority is ready');
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping');
    authority.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'the timestamp authority could not start');
  process.exitCode = 1;
});
