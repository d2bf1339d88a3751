/** Text that people type into forms: counted and normalised the same way by the page, the portal and its API. */

export interface TextRules {
  /** As the form names the field: messages begin with it. */
  readonly label: string;
  readonly charactersMax: number;
  readonly charactersMin?: number;
  /** Empty is an answer. */
  readonly optional?: boolean;
  /** Several lines; otherwise line ends become blanks. */
  readonly lines?: boolean;
  /** What to do, where nothing was typed: `say what happened`. */
  readonly missing?: string;
}

export type TextProblemCode = 'MISSING' | 'TOO_SHORT' | 'TOO_LONG' | 'CHARACTER_INVALID';

export type ReadText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: TextProblemCode; readonly message: string };

/** As typed → as stored: line ends as one character (browsers send two), composed (NFC), trimmed. */
export function cleanText(typed: string): string {
  return typed.replaceAll(/\r\n?/g, '\n').normalize('NFC').trim();
}

/** How many characters a text has: Unicode code points of the cleaned text, not the units that JavaScript counts. */
export function countCharacters(typed: string): number {
  let count = 0;
  for (const character of cleanText(typed)) if (character !== '') count += 1;
  return count;
}

/** Cc but the line end and the tab, and lone halves of surrogate pairs: PostgreSQL and UTF-8 have no place for some. */
const unusable = /[^\P{Cc}\n\t]|\p{Cs}/u;
const numbers = new Intl.NumberFormat('en');

export const formatCount = (count: number): string => numbers.format(count);

/** Never truncates: overlong text is refused with both numbers. */
export function readText(typed: string, rules: TextRules): ReadText {
  const { label, charactersMax, charactersMin = 0, optional = false, lines = false } = rules;
  const cleaned = cleanText(typed);
  const text = lines ? cleaned : cleaned.replaceAll(/[\n\t]+/g, ' ');
  const refuse = (code: TextProblemCode, what: string): ReadText => ({
    ok: false,
    code,
    message: `${label}: ${what}.`,
  });
  if (text === '') {
    return optional ? { ok: true, text } : refuse('MISSING', rules.missing ?? 'enter something');
  }
  const count = countCharacters(text);
  if (count > charactersMax) {
    return refuse('TOO_LONG', `${formatCount(count)} characters; at most ${formatCount(charactersMax)}`);
  }
  if (count < charactersMin) {
    return refuse('TOO_SHORT', `${formatCount(count)} characters; at least ${formatCount(charactersMin)}`);
  }
  const found = unusable.exec(text)?.[0];
  if (found !== undefined) {
    return refuse(
      'CHARACTER_INVALID',
      `it holds a character that can’t be shown (${pointOf(found)}); remove it`,
    );
  }
  return { ok: true, text };
}

/** U+202E: an invisible character is found by its number. */
const pointOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Those without width, line separators, and marks that turn a direction. Joiners (U+200C, U+200D) are letters' own in
 * some scripts.
 */
const unseen = /[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** What is wrong with a text that must hold only what its readers see; null: nothing. */
export function unseenProblem(text: string): string | null {
  const found = unseen.exec(text)?.[0];
  return found === undefined
    ? null
    : `it holds a character that can’t be seen (${pointOf(found)}); remove it`;
}

/** The beginning of a text, with … where there is more: for messages that link to the whole. */
export function excerpt(text: string, charactersMax: number): string {
  // Twice as many units as characters are enough, however long the text is.
  const characters = Array.from(text.slice(0, 2 * charactersMax + 2));
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}
