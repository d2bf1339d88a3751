/** npm run revocation-authority -- --config authority.yaml: publishes lists and status answers, until SIGTERM or SIGINT. */
import { openLog } from '../../ground/log/index.ts';
import { runService } from '../../ground/service/index.ts';
import { readAuthorityConfig } from './config.ts';
import { startAuthority } from './start.ts';

const log = openLog('authority');

await runService(log, 'revocation-authority', async (file) => {
  const authority = await startAuthority(readAuthorityConfig(file), {
    onPublished: (published) => log.info(published, 'revocation lists are published'),
    onAnswered: (answered) => log.info(answered, 'status answers are published'),
    onFailure: (error) => log.error({ err: error }, 'nothing new is published; published files stay valid'),
  });
  log.info('the revocation authority is ready');
  return authority;
});
