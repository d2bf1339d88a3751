import { pino, type Logger } from 'pino';
import { describeError } from '#core/error/index.ts';
import { currentRequest } from '../http/index.ts';

/** `destination`: for tests. Lines are written at once, so that none is lost with the process. */
export function openLog(destination?: { write(line: string): void }): Logger {
  const options = {
    name: 'portal',
    serializers: { err: describeError },
    mixin: () => {
      const request = currentRequest();
      return request === null ? {} : { httpRequestId: request.id };
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

export const log: Logger = openLog();
