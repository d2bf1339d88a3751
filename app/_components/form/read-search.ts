import { readText } from '#core/text/typed/index.ts';
import type { FormError } from './form-state.ts';

export interface Search {
  /** As it was entered. */
  readonly typed: string;
  /** What to look for; empty where nothing was entered, or nothing that can be taken. */
  readonly text: string;
  readonly error: FormError | null;
}

/** What an address asks to look for, as `name`. Too long is refused, never cut: part of the words finds something else. */
export function readSearch(
  given: string | readonly string[] | undefined,
  rules: { readonly name: string; readonly label: string; readonly charactersMax: number },
): Search {
  const typed = (typeof given === 'string' ? given : given?.[0]) ?? '';
  const read = readText(typed, { ...rules, optional: true });
  if (read.ok) return { typed, text: read.text, error: null };
  const { code, message } = read;
  return {
    typed,
    text: '',
    error: { message, fix: 'Nothing was looked for.', fields: [{ field: rules.name, code, message }] },
  };
}
