/** npm run responder -- --config responder.yaml: lists and status answers for everybody, until SIGTERM or SIGINT. */
import { openLog } from '../../ground/log/index.ts';
import { runService } from '../../ground/service/index.ts';
import { readResponderConfig } from './config.ts';
import { startResponder } from './start.ts';

const log = openLog('responder');

await runService(log, 'responder', async (file) => {
  const responder = await startResponder(readResponderConfig(file), (error) =>
    log.error({ err: error }, 'a request failed'),
  );
  log.info({ url: responder.url }, 'the responder is ready');
  return responder;
});
