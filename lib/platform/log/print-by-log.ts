/** What Next.js and libraries print becomes lines of the log, so that a program that reads the log has one form to read. */
import { format, stripVTControlCharacters } from 'node:util';
import type { Logger } from 'pino';
import { log } from './log.ts';

const levels = { error: 'error', warn: 'warn', info: 'info', log: 'info', debug: 'debug' } as const;
const charactersMax = 8_000;

/** From now on, `printer`'s methods write to the log. For a program's start, never in a library. */
export function printByLog(
  printer: Pick<Console, keyof typeof levels> = console,
  to: Pick<Logger, (typeof levels)[keyof typeof levels]> = log,
): void {
  for (const [method, level] of Object.entries(levels)) {
    printer[method as keyof typeof levels] = (...values: readonly unknown[]) => {
      const err = values.find((value) => value instanceof Error);
      const others = values.filter((value) => value !== err);
      const said = stripVTControlCharacters(format(...others)).trim();
      const text = said.length > charactersMax ? `${said.slice(0, charactersMax)} …` : said;
      if (err === undefined) to[level](text);
      else to[level]({ err }, text === '' ? err.message.slice(0, charactersMax) : text);
    };
  }
}
