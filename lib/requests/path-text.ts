import { readText } from '#core/text/typed/index.ts';
import { atField } from '../platform/http/index.ts';
import { RequestsError } from './error.ts';

/** How the text is asked for; page and API take it alike. */
export const pathTextRules = { name: 'file', label: 'File', charactersMax: 200 } as const;

/**
 * What a path has to hold → as it is looked for; null: nothing was asked for. Too long is refused, never cut: a part of it finds
 * something else. Paths are compared as they were packed, so nothing is composed here.
 */
export function readPathText(given = ''): string | null {
  const read = readText(given, { ...pathTextRules, optional: true });
  if (read.ok) return read.text === '' ? null : given.trim();
  const explanation = {
    code: 'QUERY_INVALID',
    message: read.message,
    fix: 'Look for a part of the path.',
  } as const;
  throw new RequestsError(atField(pathTextRules.name, explanation));
}
