/** The log of a process of the signer's: JSON lines on standard output. */
import { pino } from 'pino';
import type { Logger } from 'pino';
import { describeError } from '#core/error/index.ts';

export function openLog(name: string, destination?: { write(line: string): void }): Logger {
  const options = { name, redact: ['*.pin', '*.databaseUrl'], serializers: { err: describeError } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
