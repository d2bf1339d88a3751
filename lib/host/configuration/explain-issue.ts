/** What zod says of a member → words for the person who writes the file. Pure. */
import { z } from 'zod';
import { suggestName } from '#core/text/near-name/index.ts';

export interface Explained {
  /** Of the member, from the top. */
  readonly path: readonly PropertyKey[];
  /** Where it is the key that is wrong. */
  readonly isKey: boolean;
  readonly message: string;
  readonly fix: string;
}

type Issue = z.core.$ZodIssue;

/** Says in messages what zod leaves out of its issues: the keys that would have been right, and those that have to be there. */
export const withKnownKeys: z.core.$ZodErrorMap = (issue) => {
  if (!(issue.inst instanceof z.ZodObject)) return undefined;
  const shape: Readonly<Record<string, z.core.$ZodType>> = issue.inst.shape;
  const names = Object.keys(shape);
  if (issue.code === 'unrecognized_keys') return names.join(' ');
  if (issue.code !== 'invalid_type') return undefined;
  const needed = names.filter((name) => !z.safeParse(shape[name] ?? z.never(), undefined).success);
  const members = needed.map((name) => `${name}: …`);
  return `{ ${[...members, ...(needed.length < names.length ? ['…'] : [])].join(', ')} }`;
};

/** One issue can be several problems: each unknown key is one. `value` is the whole file's. */
export function explainIssue(issue: Issue, value: unknown): readonly Explained[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue, key));
  if (issue.code === 'invalid_union') return explainUnion(issue, value);
  const { path } = issue;
  const say = (message: string, fix: string, isKey = false): readonly Explained[] => [
    { path, isKey, message, fix },
  ];
  const name = nameOf(path);
  if (issue.code === 'invalid_key') {
    const why = issue.issues.map(({ message }) => message).join('; ');
    return say(`\`${name}\` can’t be a name here.`, `Write ${why}.`, true);
  }
  const found = memberAt(value, path);
  if (found === undefined && issue.code !== 'custom')
    return say(`\`${name}\` is missing.`, `Write ${wanted(issue, found)}.`);
  if (path.length === 0 && issue.code === 'invalid_type') {
    const what = found === null ? 'The file is empty' : `The file holds ${shown(found, path)}`;
    return say(`${what}.`, 'Write names and values: `name: value`, a line each.');
  }
  if (issue.code === 'custom' && (found === undefined || isCollection(found))) {
    const whole = path.length === 0 ? 'The file’s members don’t' : `\`${name}\` doesn’t`;
    return say(`${whole} fit together.`, sentence(issue.message));
  }
  return say(`\`${name}\` is ${shown(found, path)}.`, sentence(`write ${wanted(issue, found)}`));
}

function unknownKey(issue: Issue, key: string): Explained {
  const known = issue.message.split(' ').filter((part) => part !== '');
  const meant = suggestName(key, known);
  const path = [...issue.path, key];
  const fix =
    meant === null
      ? `Remove it; known here: ${known.join(', ') || 'nothing'}.`
      : `Did you mean \`${meant}\`? Otherwise remove it.`;
  return { path, isKey: true, message: `\`${nameOf(path)}\` is not known.`, fix };
}

/** The alternative that was probably meant: the one whose own members are there. Else all are named. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  value: unknown,
): readonly Explained[] {
  const alternatives = issue.errors.map((errors) => ({
    errors,
    // A text where keys are meant is further off than any fault among the keys.
    misfits: errors.some(({ path, code }) => path.length === 0 && code === 'invalid_type')
      ? Infinity
      : errors.filter((error) => error.path.length < 2 && isShape(error, memberAt(value, issue.path))).length,
  }));
  const fewest = Math.min(...alternatives.map(({ misfits }) => misfits));
  const near = alternatives.filter(({ misfits }) => misfits === fewest);
  const [only] = near;
  if (only !== undefined && near.length === 1)
    return only.errors.flatMap((error) =>
      explainIssue({ ...error, path: [...issue.path, ...error.path] }, value),
    );
  const found = memberAt(value, issue.path);
  const choices = issue.errors.map((errors) => describeAlternative(errors, found));
  const name = nameOf(issue.path);
  const message =
    found === undefined ? `\`${name}\` is missing.` : `\`${name}\` is ${shown(found, issue.path)}.`;
  return [{ path: issue.path, isKey: false, message, fix: `Write ${[...new Set(choices)].join(', or ')}.` }];
}

function isShape(issue: Issue, found: unknown): boolean {
  if (issue.code === 'unrecognized_keys') return true;
  return issue.code === 'invalid_type' && memberAt(found, issue.path) === undefined;
}

function describeAlternative(errors: readonly Issue[], found: unknown): string {
  const missing = errors.filter(
    (error) => error.path.length === 1 && memberAt(found, error.path) === undefined,
  );
  if (missing.length > 0) return `{ ${missing.map(({ path }) => `${String(path[0])}: …`).join(', ')} }`;
  const unknownKeys = errors.find((error) => error.code === 'unrecognized_keys');
  if (unknownKeys !== undefined) return `{ ${unknownKeys.message.split(' ').join(': …, ')}: … } alone`;
  const [first] = errors;
  return first === undefined ? 'something else' : wanted(first, found);
}

/** What belongs there, to follow the word "Write". */
function wanted(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('Invalid ')
        ? (typeNames[issue.expected] ?? `a value of the type ${issue.expected}`)
        : issue.message;
    case 'invalid_value':
      return oneOf(issue.values, found);
    case 'too_big':
      return measure(issue.origin, `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
    case 'too_small':
      return measure(
        issue.origin,
        `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`,
      );
    case 'invalid_format':
      return formatOf(issue);
    default:
      return issue.message.replace(/\.$/, '');
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text (numbers in quotes)',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'names and values below it',
  record: 'names and values below it',
};

function oneOf(values: readonly z.core.util.Primitive[], found: unknown): string {
  const names = values.map((value) => JSON.stringify(value));
  const meant =
    typeof found === 'string'
      ? suggestName(
          found,
          values.filter((value) => typeof value === 'string'),
        )
      : null;
  return `${names.join(' or ')}${meant === null ? '' : `; did you mean ${JSON.stringify(meant)}?`}`;
}

function measure(origin: string, bound: string): string {
  switch (origin) {
    case 'string':
      return `a text of ${bound} characters`;
    case 'array':
    case 'set':
    case 'map':
    case 'object':
      return `${bound} of them`;
    default:
      return `a number that is ${bound}`;
  }
}

function formatOf(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  if (issue.format === 'url') return 'an address, such as https://example.org/';
  if (issue.format === 'datetime') return 'a time such as 2026-01-31T12:00:00Z';
  const { pattern } = issue as { readonly pattern?: string };
  return pattern === undefined ? `a text of the form ${issue.format}` : `a text that matches ${pattern}`;
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?]$/.test(text) ? '' : '.'}`;

function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function memberAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return at;
}

const isCollection = (value: unknown): boolean => typeof value === 'object' && value !== null;

const shownCharactersMax = 80;
const secretName = /^pin$|^keys?$|secret|password|passphrase|token|credential/i;

/** Errors are told in logs: what should have been a file's name may be the secret itself, and an address may hold one. */
function shown(value: unknown, path: readonly PropertyKey[]): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'names and values';
  if (path.some((step) => secretName.test(String(step)))) return 'something else (not repeated here)';
  if (typeof value !== 'string')
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
  const text = value.replace(/^.*@/s, '…@');
  return JSON.stringify(text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text);
}
