/**
 * Any thrown value → what a log may say of it: class, code, message, context, where, and what caused it. Bounded, for hostile
 * bytes may have shaped a message; and without what opens something: credentials in addresses, tokens, PINs, private keys.
 */
import type { ContextValue, ErrorContext } from './coded-error.ts';

export interface ErrorDescription {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly context?: ErrorContext;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
  /** Of several that failed together. */
  readonly errors?: readonly ErrorDescription[];
}

const messageCharactersMax = 2_000;
const nameCharactersMax = 100;
const valueCharactersMax = 300;
const entriesMax = 20;
const nestingMax = 3;
/** Of one context, at all depths together. */
const valuesMax = 100;
const causesMax = 5;
const togetherMax = 3;
const framesMax = 15;
export const hidden = '[hidden]';

export function describeError(error: unknown): ErrorDescription {
  return describe(error, causesMax);
}

/** The same as lines of text; only the first one starts without a space, so no message can pass for a line of its own. */
export function printError(error: unknown): string {
  return printed(describeError(error), '');
}

/** Never throws, whatever was thrown: what keeps a log from saying why would keep its caller from going on, too. */
function describe(error: unknown, causesLeft: number): ErrorDescription {
  if (attempt(() => error instanceof Error) !== true)
    return { type: typeof error, message: text(error, messageCharactersMax) };
  const member = (name: string): unknown => attempt(() => (error as Readonly<Record<string, unknown>>)[name]);
  const code = member('code');
  const known = typeof code === 'string' || typeof code === 'number';
  const context = contextOf(member('context'));
  const stack = framesOf(member('stack'));
  const cause = member('cause');
  const errors = attempt(() => togetherIn(member('errors'))) ?? [];
  return {
    type: oneLine(text(member('name'), nameCharactersMax)),
    ...(known ? { code: oneLine(text(code, nameCharactersMax)) } : {}),
    message: text(member('message'), messageCharactersMax),
    ...(context === undefined ? {} : { context }),
    ...(stack === '' ? {} : { stack }),
    ...(cause === undefined || causesLeft === 0 ? {} : { cause: describe(cause, causesLeft - 1) }),
    ...(errors.length > 0 && causesLeft > 0 ? { errors: errors.map((one) => describe(one, 0)) } : {}),
  };
}

/** undefined: it can't be read. A getter or a proxy may do anything. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const oneLine = (said: string): string => said.replaceAll('\n', ' ');

const togetherIn = (errors: unknown): readonly unknown[] =>
  Array.isArray(errors)
    ? Array.from({ length: Math.min(errors.length, togetherMax) }, (_, at): unknown => errors[at])
    : [];

function contextOf(context: unknown): ErrorContext | undefined {
  return attempt(() => {
    if (!isRecord(context)) return undefined;
    const entries = entriesOf(context, nestingMax, { left: valuesMax });
    return Object.keys(entries).length === 0 ? undefined : entries;
  });
}

/** Only the places: the message is said already, and isn't bounded there. */
function framesOf(stack: unknown): string {
  const lines = typeof stack === 'string' ? stack.split('\n') : [];
  const frames = lines.filter((line) => /^ {4}at \S/.test(line)).slice(0, framesMax);
  return frames.map((line) => text(line, valueCharactersMax)).join('\n');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names under which something is kept that opens something. */
export const secretName =
  /(?:pin|password|passphrase|secret|token|authorization|cookie|api_?key|private_?key)(?:s|_?value)?$/i;

interface Values {
  left: number;
}

function entriesOf(
  record: Readonly<Record<string, unknown>>,
  nesting: number,
  values: Values,
): Readonly<Record<string, ContextValue>> {
  const names = Object.keys(record).slice(0, entriesMax);
  return Object.fromEntries(
    names.map((name) => [
      text(name, nameCharactersMax),
      secretName.test(name)
        ? hidden
        : valueOf(
            attempt(() => record[name]),
            nesting - 1,
            values,
          ),
    ]),
  );
}

function valueOf(value: unknown, nesting: number, values: Values): ContextValue {
  values.left -= 1;
  if (values.left < 0) return '…';
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return text(value, valueCharactersMax);
  if (nesting === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, entriesMax).map((one) => valueOf(one, nesting - 1, values));
  return isRecord(value) ? entriesOf(value, nesting, values) : null;
}

/** What opens something → what may be said of it. Each is bounded by what it is cut to before. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, hidden],
  // Up to the last @: one in the password is part of it.
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/]*@/gi, `$1${hidden}@`],
  // With a digit or an equals sign among them: words alone are no credentials.
  [/\b(Bearer|Basic) +(?=[A-Za-z+/._~-]*[0-9=])[A-Za-z0-9+/=._~-]{8,}/gi, `$1 ${hidden}`],
  [/\b(csn_|gh[a-z]_|github_pat_|glpat-|whsec_)[A-Za-z0-9_-]{8,}/g, `$1${hidden}`],
  // GitLab's others (glcbt-, gldt-, glrt-). With a digit: words may begin so, too.
  [/\b(gl[a-z]{2,6}-)(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{8,}/g, `$1${hidden}`],
  // A JSON Web Token, as builds identify themselves.
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, hidden],
  // Also at the end of a longer name: PGPASSWORD, access_token.
  [/((?:pin(?:-value)?|password|passphrase|secret|token)["']?[=]["']?)[^\s"'&;,]+/gi, `$1${hidden}`],
  [/((?:pin|password|passphrase|secret|token)" *: *")(?:[^"\\]|\\.)+/gi, `$1${hidden}`],
  [/((?:pin|password|passphrase|secret|token)' *: *')[^']+/gi, `$1${hidden}`],
  // As Node.js shows objects.
  [/((?:pin|password|passphrase|secret|token)["']? *: *')[^'\n]+/gi, `$1${hidden}`],
  [/\b((?:set-)?cookie["']? *: *["']?)[^"'\n]+/gi, `$1${hidden}`],
  // As YAML has it, and a number in JSON. With a digit: words alone may be a sentence.
  [/((?:pin|password|passphrase|secret|token)"? *: *)(?=[^\s"',]*[0-9])[^\s"',]+/gi, `$1${hidden}`],
];

/** Cut before it is searched, and again after: a secret that the first cut parts is still known by its beginning. */
export function text(value: unknown, charactersMax: number): string {
  let said = wordsOf(value).slice(0, charactersMax * 2);
  for (const [secret, shown] of secrets) said = said.replaceAll(secret, shown);
  said = said.replaceAll(
    // Controls, other ends of lines, and what turns the direction of text around.
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return said.length > charactersMax ? `${said.slice(0, charactersMax)}…` : said;
}

/**
 * An object without a prototype, or with a method that throws, is no text. Nor are lists joined: one that is long, or that branches,
 * would keep its caller for as long as it has items.
 */
function wordsOf(value: unknown): string {
  try {
    if (Array.isArray(value)) return JSON.stringify(valueOf(value, nestingMax, { left: valuesMax }));
    return ArrayBuffer.isView(value) ? Object.prototype.toString.call(value) : String(value);
  } catch {
    return '(can’t be shown)';
  }
}

function printed(
  { type, code, message, context, stack, cause, errors = [] }: ErrorDescription,
  indent: string,
): string {
  const inner = `${indent}  `;
  const said = message.replaceAll('\n', `\n${inner}`);
  const first = `${type}${code === undefined ? '' : ` ${code}`}: ${said}`;
  const lines = [`${first}${context === undefined ? '' : ` ${JSON.stringify(context)}`}`];
  if (stack !== undefined) lines.push(...stack.split('\n').map((frame) => `${indent}${frame}`));
  if (cause !== undefined) lines.push(`${inner}caused by ${printed(cause, inner)}`);
  lines.push(...errors.map((error) => `${inner}among them ${printed(error, inner)}`));
  return lines.join('\n');
}
