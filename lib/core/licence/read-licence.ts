/**
 * SPDX licence expressions (SPDX specification 2.3, annex D). The library parses them; this file explains what is wrong,
 * since the library doesn't name the word at fault and accepts operators in any case.
 */
import parseExpression from 'spdx-expression-parse';
import { deprecatedLicences } from '../generated/osi-licences.ts';
import { namedLicences, nearLicences, replacementsOf } from './near-licences.ts';

/** As in the schema of projects. It also bounds how deeply an expression can nest. */
export const licenceCharactersMax = 120;

export type LicenceExpression =
  | {
      readonly kind: 'licence';
      /** An id of SPDX's list, or LicenseRef-… for a licence that isn't on it. */
      readonly id: string;
      /** `+` behind the id: this version or a later one. */
      readonly orLater: boolean;
      readonly exception: string | null;
    }
  | { readonly kind: 'and' | 'or'; readonly left: LicenceExpression; readonly right: LicenceExpression };

/** Both are sentences for people to read. */
export interface LicenceProblem {
  readonly message: string;
  readonly fix: string;
}

export type ReadLicence =
  | {
      readonly ok: true;
      readonly expression: LicenceExpression;
      /** Ids that SPDX has replaced, each with what to write now; empty if that depends on what is meant. */
      readonly replaced: readonly { readonly id: string; readonly instead: readonly string[] }[];
    }
  | { readonly ok: false; readonly problem: LicenceProblem };

const example = 'Write identifiers from spdx.org/licenses, such as MIT, or Apache-2.0 OR MIT.';
const operators = ['AND', 'OR', 'WITH'];
const deprecated: ReadonlySet<string> = new Set(deprecatedLicences);

/** What follows WITH is an exception. Whether a word is known is up to the library's lists alone. */
export function readLicence(text: string): ReadLicence {
  const refuse = (message: string, fix: string): ReadLicence => ({ ok: false, problem: { message, fix } });
  if (text.length > licenceCharactersMax) {
    return refuse(`A licence expression has at most ${licenceCharactersMax} characters.`, example);
  }
  const typed = text.trim();
  if (typed === '') return refuse('The licence is missing.', example);
  const words = typed.split(/[\s()]+/).filter((word) => word !== '');
  const problem = nameProblem(words, typed) ?? listProblem(typed) ?? wordProblem(words, typed);
  if (problem !== null) return { ok: false, problem };
  try {
    const expression = toExpression(parseExpression(typed));
    const ids = [...new Set(licencesOf(expression))].filter(({ id }) => deprecated.has(id));
    return {
      ok: true,
      expression,
      replaced: ids.map(({ id, orLater }) => ({
        id: orLater ? `${id}+` : id,
        instead: replacementsOf(id, orLater),
      })),
    };
  } catch (error) {
    // The library throws Error for what isn't its grammar, TypeError where the text ends too soon.
    if (!(error instanceof Error)) throw error;
    return refuse(
      `“${typed}” is not a licence expression: identifiers are joined by AND or OR, an exception follows WITH, and brackets come in pairs.`,
      example,
    );
  }
}

export function licencesOf(
  expression: LicenceExpression,
): readonly Extract<LicenceExpression, { kind: 'licence' }>[] {
  return expression.kind === 'licence'
    ? [expression]
    : [...licencesOf(expression.left), ...licencesOf(expression.right)];
}

function toExpression(raw: parseExpression.Info): LicenceExpression {
  if ('conjunction' in raw) {
    return { kind: raw.conjunction, left: toExpression(raw.left), right: toExpression(raw.right) };
  }
  return {
    kind: 'licence',
    id: raw.license,
    orLater: raw.plus === true,
    exception: raw.exception ?? null,
  };
}

const isOperator = (word: string): boolean => operators.includes(word.toUpperCase());
const unknown = (what: string, near: readonly string[]): LicenceProblem => ({
  message: `“${what}” is not a licence on SPDX’s list.`,
  fix: near.length === 0 ? example : `Did you mean ${orList(near)}?`,
});

/** “Apache License, Version 2.0”, “GPL 3 or later”: a name, written out. */
function nameProblem(words: readonly string[], typed: string): LicenceProblem | null {
  if (words.every((word) => operators.includes(word) || isLicence(word))) return null;
  const near = namedLicences(typed);
  return near.length === 0 ? null : unknown(typed, near);
}

/** Lists as package managers once wrote them: they don't say whether one licence applies or all. */
function listProblem(typed: string): LicenceProblem | null {
  if (!/[,;/&|]/.test(typed)) return null;
  const all = typed
    .split(/[,;/&|]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const near = all.map((part) => (isLicence(part) ? part : namedLicences(part)[0]));
  const named = near.filter((id) => id !== undefined);
  if (named.length === 0) return null;
  const whole = named.length > 1 && named.length === near.length;
  const ids = whole ? named : ['MIT', 'Apache-2.0'];
  return {
    message: `“${typed}” doesn’t say whether users choose one of these licences or all of them apply.`,
    fix: `Write ${whole ? '' : 'as in '}${ids.join(' OR ')} where they choose, ${ids.join(' AND ')} where all apply.`,
  };
}

function wordProblem(words: readonly string[], typed: string): LicenceProblem | null {
  for (const [at, word] of words.entries()) {
    if (isOperator(word)) {
      if (operators.includes(word)) continue;
      return {
        message: `“${word}” has to be in capitals.`,
        fix: `Write ${spelledOut(typed) ?? word.toUpperCase()}.`,
      };
    }
    if (words[at - 1]?.toUpperCase() === 'WITH') {
      if (isException(word)) continue;
      return {
        message: `“${word}” is not an exception on SPDX’s list.`,
        fix: 'Use an identifier from spdx.org/licenses/exceptions-index.html, such as Classpath-exception-2.0.',
      };
    }
    if (isLicence(word)) continue;
    // A name of several words can only be the whole text: in an expression, a single word is wrong.
    if (!words.some(isOperator)) return unknown(typed, nearLicences(typed));
    const whole = spelledOut(typed);
    return unknown(word, whole === null ? nearLicences(word) : [whole]);
  }
  return null;
}

/** `mit or apache-2.0` → `MIT OR Apache-2.0`; null where a word could be several licences, or none. */
function spelledOut(typed: string): string | null {
  const text = typed.replaceAll(/[^\s()]+/g, (word) => {
    if (isOperator(word)) return word.toUpperCase();
    const named = isLicence(word) || isException(word) ? [word] : namedLicences(word);
    return named.length === 1 ? (named[0] ?? word) : word;
  });
  return parses(text) ? text : null;
}

const orList = (ids: readonly string[]): string =>
  ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} or ${ids.at(-1) ?? ''}`;

const parses = (text: string): boolean => {
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
};
/** One word with or without `+`: operators are handled earlier. */
const isLicence = (word: string): boolean => /^[A-Za-z0-9.:-]+\+?$/.test(word) && parsesAlone(word);
const isException = (word: string): boolean => /^[A-Za-z0-9.-]+$/.test(word) && parses(`MIT WITH ${word}`);

/** The library reads operators off the front of a word (“ORMIT”): a lone word must come back as itself. */
function parsesAlone(word: string): boolean {
  if (!parses(word)) return false;
  const raw = parseExpression(word);
  return !('conjunction' in raw) && `${raw.license}${raw.plus === true ? '+' : ''}` === word;
}
