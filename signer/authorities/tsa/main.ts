/** npm run timestamp-authority -- --config tsa.yaml: the RFC 3161 timestamp authority, until SIGTERM or SIGINT. */
import { openLog } from '../../ground/log/index.ts';
import { runService } from '../../ground/service/index.ts';
import { readTsaConfig } from './config.ts';
import { startTimestampAuthority } from './start.ts';

const log = openLog('tsa');

await runService(log, 'timestamp-authority', async (file) => {
  const authority = await startTimestampAuthority(readTsaConfig(file), (error) =>
    log.error({ err: error }, 'no timestamp'),
  );
  log.info({ url: authority.url }, 'the timestamp authority is ready');
  return authority;
});
