/** The log of a process of the signer's: JSON lines on standard output. */
import { pino } from 'pino';
import type { LogFn, Logger } from 'pino';
import { describeError, loggable, type ErrorDescription } from '#core/error/index.ts';
import { withSourcePlaces } from './source-places.ts';

export function openLog(name: string, destination?: { write(line: string): void }): Logger {
  const options = {
    name,
    redact: ['*.pin', '*.databaseUrl'],
    serializers: { err: describe },
    hooks: {
      logMethod(this: Logger, given: Parameters<LogFn>, write: LogFn): void {
        write.apply(this, loggable(given) as Parameters<LogFn>);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const describe = (error: unknown): ErrorDescription => placed(describeError(error));

function placed({ stack, cause, errors, ...rest }: ErrorDescription): ErrorDescription {
  return {
    ...rest,
    ...(stack === undefined ? {} : { stack: withSourcePlaces(stack) }),
    ...(cause === undefined ? {} : { cause: placed(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(placed) }),
  };
}
