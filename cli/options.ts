/** Which options each command about the portal takes; unknown ones are refused, so that no typo is ignored. */
import { parseArgs } from 'node:util';
import { parseRequestId } from '#core/ids/index.ts';
import { readParameters } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { CliError } from './error.ts';

export const portalUsage = `  countersign submit --project SLUG --policy SLUG --artifact FILE [--bundle FILE] [--parameter NAME=VALUE]…
                     [--idempotency-key K] [--wait] [--timeout SECONDS]
  countersign status REQUEST                                   how it stands; why it was refused, where, how to mend it
  countersign approve REQUEST --key FILE [--artifact FILE]     sign the approval statement with an SSH key
  countersign deny REQUEST --key FILE [--artifact FILE]        one denial ends the request
  countersign download REQUEST --output FILE [--despite-revocation]
  countersign stop (--project SLUG | --everything) --reason TEXT --key FILE     freezes signing, within seconds
  countersign resume (--project SLUG | --everything) --reason TEXT --key FILE   and lets it go on
  countersign tokens list --project SLUG --key FILE
  countersign tokens create --project SLUG --key FILE --name NAME [--days N] [--policies SLUG,SLUG]
                                                               prints the token, alone and once, to standard output
  countersign tokens revoke TOKEN-ID --project SLUG --key FILE [--reason TEXT]   at once
  countersign past-requests --output FILE [--limit N]          what the signer decided; for --requests of plan

    --url URL            the portal; or COUNTERSIGN_URL; else that of a demo that runs in this folder or one above
    --token TOKEN        a project's API token; or COUNTERSIGN_TOKEN, which no other user of the machine can see
    --idempotency-key K  the same key attaches to the same request
    --parameter N=VALUE  a value that the policy’s artifact configuration asks requests for, as version=1.2.3; once for each
    --key FILE           your SSH key, as people/<handle>.yaml of the policy lists it; a .pub where an agent has the key
    --timeout SECONDS    how long --wait waits (default 600); the request itself never times out. With stop and resume, how long
                         to wait until every signer that works has confirmed (default 60)`;

const options = {
  project: { type: 'string' },
  policy: { type: 'string' },
  artifact: { type: 'string' },
  bundle: { type: 'string' },
  parameter: { type: 'string', multiple: true },
  key: { type: 'string' },
  reason: { type: 'string' },
  everything: { type: 'boolean' },
  output: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  'idempotency-key': { type: 'string' },
  timeout: { type: 'string' },
  limit: { type: 'string' },
  name: { type: 'string' },
  days: { type: 'string' },
  policies: { type: 'string' },
  wait: { type: 'boolean' },
  'despite-revocation': { type: 'boolean' },
} as const;

type OptionName = keyof typeof options;
export type TextOption = {
  [Name in Exclude<OptionName, 'parameter'>]: (typeof options)[Name]['type'] extends 'string' ? Name : never;
}[Exclude<OptionName, 'parameter'>];

interface Accepts {
  readonly options: readonly OptionName[];
  /** Options that have to be there. */
  readonly needs: readonly TextOption[];
  /** What has to follow the command. */
  readonly names: readonly string[];
}

const accepts = {
  submit: {
    options: [
      'project',
      'policy',
      'artifact',
      'bundle',
      'parameter',
      'idempotency-key',
      'wait',
      'timeout',
      'token',
    ],
    needs: ['project', 'policy', 'artifact'],
    names: [],
  },
  status: { options: ['token'], needs: [], names: ['REQUEST'] },
  approve: { options: ['key', 'artifact', 'token'], needs: ['key'], names: ['REQUEST'] },
  deny: { options: ['key', 'artifact', 'token'], needs: ['key'], names: ['REQUEST'] },
  download: { options: ['output', 'despite-revocation', 'token'], needs: ['output'], names: ['REQUEST'] },
  stop: {
    options: ['project', 'everything', 'reason', 'key', 'timeout', 'token'],
    needs: ['reason', 'key'],
    names: [],
  },
  resume: {
    options: ['project', 'everything', 'reason', 'key', 'timeout', 'token'],
    needs: ['reason', 'key'],
    names: [],
  },
  'tokens list': { options: ['project', 'key'], needs: ['project', 'key'], names: [] },
  'tokens create': {
    options: ['project', 'key', 'name', 'days', 'policies'],
    needs: ['project', 'key', 'name'],
    names: [],
  },
  'tokens revoke': { options: ['project', 'key', 'reason'], needs: ['project', 'key'], names: ['TOKEN-ID'] },
  'past-requests': { options: ['output', 'limit', 'token'], needs: ['output'], names: [] },
} as const satisfies Readonly<Record<string, Accepts>>;

export type PortalVerb = keyof typeof accepts;

/** Commands about the portal with the options of each, `--url` among them. */
export const portalCommands: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(accepts).map(([verb, { options: own }]) => [verb, [...own, 'url']]),
);

export interface PortalArguments {
  readonly verb: PortalVerb;
  readonly values: Readonly<Partial<Record<TextOption, string>>> &
    Readonly<Partial<Record<'everything' | 'wait' | 'despite-revocation', boolean>>>;
  readonly parameters: ParameterValues;
  /** A text that has to be there. Throws CliError USAGE where it isn't. */
  readonly needed: (name: TextOption) => string;
  /** The request's or token's id; '' where the command takes none. */
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly limit: number;
  readonly days: number;
}

interface NumberBounds {
  readonly least: number;
  readonly most: number;
  readonly otherwise: number;
}

/** `submit --project …` → what it says. Throws CliError USAGE for whatever the command doesn't know or lacks. */
export function readPortalArguments(args: readonly string[]): PortalArguments {
  const { values, positionals } = parse(args);
  const { verb, rest } = verbOf(positionals);
  const { options: known, needs, names }: Accepts = accepts[verb];
  for (const name of Object.keys(values)) {
    if (name !== 'url' && !known.some((flag) => flag === name))
      throw usageError(`${verb} has no option --${name}`, verb);
  }
  const surplus = rest[names.length];
  if (surplus !== undefined) throw usageError(`${verb} doesn’t know what to do with ${surplus}`, verb);
  const [id = ''] = rest;
  if (names[0] !== undefined && id === '') throw usageError(`${verb}: ${names[0]} is missing`, verb);
  const needed = (name: TextOption): string => {
    const value = values[name];
    if (value === undefined || value === '') throw usageError(`--${name} is missing`, verb);
    return value;
  };
  for (const name of needs) needed(name);
  if (names[0] === 'REQUEST' && !isRequestId(id)) throw usageError(`${verb}: ${noRequest(id)}`, verb);
  if (known.includes('everything') && (values.everything === true) === (values.project !== undefined))
    throw usageError('either --project or --everything', verb);
  const number = (name: TextOption, bounds: NumberBounds): number =>
    wholeNumber(verb, name, values[name], bounds);
  return {
    verb,
    values,
    needed,
    id,
    timeoutSeconds: number('timeout', { least: 1, most: 30 * 86_400, otherwise: 600 }),
    limit: number('limit', { least: 1, most: 1_000_000, otherwise: 1000 }),
    days: number('days', { least: 1, most: 366, otherwise: 90 }),
    parameters: parametersOf(values.parameter ?? []),
  };
}

/** `version=1.2.3` → its name and value; once for each name. */
function parametersOf(texts: readonly string[]): ParameterValues {
  const values = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at));
    if (name === '') throw usageError(`--parameter is NAME=VALUE, not ${JSON.stringify(text)}`, 'submit');
    if (values.has(name)) throw usageError(`--parameter ${name} is there twice`, 'submit');
    values.set(name, text.slice(at + 1));
  }
  const read = readParameters(Object.fromEntries(values));
  if (!read.ok) throw usageError(`--parameter: ${read.message}`, 'submit');
  return read.value;
}

function isRequestId(text: string): boolean {
  try {
    parseRequestId(text);
    return true;
  } catch {
    return false;
  }
}

const noRequest = (found: string): string =>
  `${JSON.stringify(found.slice(0, 200))} is no request’s id. submit prints it, and it is the last part of the address of the request’s page, such as 0f8fad5b-d9cb-469f-a165-70867728950e`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // parseArgs says what is wrong with which argument.
    throw usageError((error as Error).message, null, error);
  }
}

function verbOf(positionals: readonly string[]): {
  readonly verb: PortalVerb;
  readonly rest: readonly string[];
} {
  const [first = '', second = ''] = positionals;
  const isVerb = (name: string): name is PortalVerb => Object.hasOwn(accepts, name);
  if (isVerb(first)) return { verb: first, rest: positionals.slice(1) };
  const pair = `${first} ${second}`;
  if (isVerb(pair)) return { verb: pair, rest: positionals.slice(2) };
  if (first === 'tokens') throw usageError('tokens is followed by list, create or revoke', 'tokens');
  if (first === 'verify') throw usageError(verifiers, null);
  throw usageError(first === '' ? 'the command is missing' : `there is no command ${first}`, null);
}

/** What somebody may have meant by it. */
const verifiers = [
  'there is no command verify.',
  '  A signed file: the programs of its format do it (osslsigncode, jarsigner, dotnet nuget, openssl cms, gpg); the page of its request has the whole command.',
  '  Where a file was built: countersign verify-origin --bundle BUNDLE --artifact FILE --policy POLICY',
  '  An audit export: countersign audit verify FOLDER --key FILE',
].join('\n');

function wholeNumber(
  verb: PortalVerb,
  name: string,
  text: string | undefined,
  { least, most, otherwise }: NumberBounds,
): number {
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw usageError(`--${name} is a whole number from ${least} to ${most}, not ${text}`, verb);
  return value;
}

/** How a command of `text` is called: its lines; none where `text` has no such command. */
export function linesOf(text: string, verb: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`  countersign ${verb} `));
  if (start < 0) return [];
  const length = lines
    .slice(start + 1)
    .findIndex((line) => !line.startsWith('       ') && !line.startsWith(`  countersign ${verb} `));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length);
}

/** `verb` may be the first word of several commands, such as tokens. → null: there is none. */
export function explainPortalCommand(verb: string): string | null {
  const called = linesOf(portalUsage, verb);
  if (called.length === 0) return null;
  const taken = [...portalCommands].flatMap(([name, own]) =>
    name === verb || name.startsWith(`${verb} `) ? own : [],
  );
  const explained = taken.flatMap((name) => linesOfOption(name));
  return [...called, '', ...new Set(explained)].join('\n');
}

function linesOfOption(name: string): readonly string[] {
  const lines = portalUsage.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`    --${name} `));
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => !line.startsWith('       '));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length);
}

/** What is wrong, and how the command is called. */
function usageError(message: string, verb: string | null, cause?: unknown): CliError {
  const lines = verb === null ? [] : linesOf(portalUsage, verb);
  const called = lines.length === 0 ? [] : ['', ...lines];
  return new CliError('USAGE', [message, ...called, '', '  countersign help says all'].join('\n'), cause);
}
