import { pino, type LogFn, type Logger } from 'pino';
import { describeError, loggable } from '#core/error/index.ts';
import { currentRequest } from '../http/index.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The lowest level that is written; what isn't one of pino's levels counts as `info`, for a log that says nothing helps nobody. */
export const levelOf = (asked: string | undefined): (typeof levels)[number] =>
  levels.find((level) => level === asked) ?? 'info';

/** `destination`: for tests. Lines are written at once, so that none is lost with the process. */
export function openLog(destination?: { write(line: string): void }): Logger {
  const options = {
    name: 'portal',
    level: destination === undefined ? levelOf(process.env['COUNTERSIGN_LOG_LEVEL']) : 'info',
    serializers: { err: describeError },
    hooks: {
      logMethod(this: Logger, given: Parameters<LogFn>, write: LogFn): void {
        write.apply(this, loggable(given) as Parameters<LogFn>);
      },
    },
    mixin: () => {
      const request = currentRequest();
      if (request === null) return {};
      const { traceId } = request.work;
      return { httpRequestId: request.id, ...(traceId === null ? {} : { traceId }) };
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

export const log: Logger = openLog();
