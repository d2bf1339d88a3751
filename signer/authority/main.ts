/** node signer/authority/main.ts --config authority.yaml: publishes revocation lists, until SIGTERM or SIGINT. */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readAuthorityConfig } from './config.ts';
import { startAuthority } from './start.ts';

const log = pino({ name: 'authority' });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) {
    process.stderr.write('usage: node signer/authority/main.ts --config authority.yaml\n');
    process.exitCode = 2;
    return;
  }
  const authority = await startAuthority(await readAuthorityConfig(values.config), {
    onPublished: (published) => log.info(published, 'revocation lists are published'),
    onFailure: (error) => log.error({ err: error }, 'no new revocation list; the last one holds on'),
  });
  log.info('the revocation authority is ready');
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
  log.fatal({ err: error }, 'the revocation authority could not start');
  process.exitCode = 1;
});
