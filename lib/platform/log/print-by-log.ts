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
      const err = values.find(isError);
      const others = values.filter((value) => value !== err);
      const said = stripVTControlCharacters(formatted(others)).trim();
      const text = said.length > charactersMax ? `${said.slice(0, charactersMax)} …` : said;
      if (err === undefined) to[level](text);
      else if (text === '') to[level]({ err });
      else to[level]({ err }, text);
    };
  }
}

/** Never throws, whatever is printed: objects may say themselves how they are shown, and proxies do anything. */
function formatted(values: readonly unknown[]): string {
  try {
    return format(...values);
  } catch {
    return '(can’t be shown)';
  }
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
