/** The HTTP server of the portal's program: what stands before Next.js, as the configuration has it. */
import { createServer, type Server } from 'node:http';
import { bodyLimitsOf, serverTimings } from '../body-pace/index.ts';
import { openClientAddresses } from '../client-address/index.ts';
import type { PortalConfig } from '../config/index.ts';
import { measureAnswers } from '../http-metrics/index.ts';
import { log } from '../log/index.ts';
import { openContentMark } from '../page-cache/index.ts';
import { traceAnswers } from '../tracing/index.ts';
import { answerRequests, type FrontDoorOptions, type Handler } from './answer-requests.ts';

/** As next.config.mjs has it. */
const formBytesMax = 512 * 1024;

/** Not yet listening. Whoever serves in place of Next.js is asked for what passes. */
export function openServer(
  handle: Handler,
  { publicUrl, trustedProxies = [], upload, readsPerMinute = 600, keysDir }: PortalConfig,
  options: Pick<FrontDoorOptions, 'publicPages' | 'database'> = {},
): Server {
  const noteClient = openClientAddresses(trustedProxies);
  const answer = answerRequests(handle, {
    publicUrl,
    formBytesMax,
    readsPerMinute,
    bodies: bodyLimitsOf(upload.limits),
    addressOf: noteClient,
    ...(options.database === undefined
      ? {}
      : { contentMark: openContentMark({ keysDir }, options.database) }),
    ...options,
  });
  return createServer(serverTimings(), (request, response) => {
    measureAnswers(request, response);
    traceAnswers(request, response);
    noteClient(request);
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request broke off');
      response.destroy();
    });
  });
}
