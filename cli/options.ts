/** The arguments of a command about the portal, read and checked. */
import { parseArgs } from 'node:util';
import { parseRequestId } from '#core/ids/index.ts';
import { list } from '#core/text/list/index.ts';
import { readParameters } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { bundleHosts, type BundleFrom } from './client/index.ts';
import { CliError } from './error.ts';
import { linesOf, portalUsage } from './usage.ts';
import {
  accepts,
  options,
  type Accepts,
  type PortalVerb,
  type SwitchOption,
  type TextOption,
} from './verbs.ts';

export interface PortalArguments {
  readonly verb: PortalVerb;
  readonly values: Readonly<Partial<Record<TextOption, string>>> &
    Readonly<Partial<Record<SwitchOption, boolean>>>;
  readonly parameters: ParameterValues;
  /** A text that has to be there. Throws CliError USAGE where it isn't. */
  readonly needed: (name: TextOption) => string;
  /** The request's or token's id; '' where the command takes none. */
  readonly id: string;
  /** What submit sends; '' of other commands. */
  readonly file: string;
  /** Where the host keeps the attestation; null: it is sent, or there is none. */
  readonly bundleFrom: BundleFrom | null;
  readonly until: 'gate' | 'done';
  /** As the API has it. */
  readonly since: string | undefined;
  readonly retrySeconds: number;
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
  if (names[0] !== undefined && names[0] !== '[FILE]' && id === '')
    throw usageError(`${verb}: ${names[0]} is missing`, verb);
  const needed = (name: TextOption): string => {
    const value = values[name];
    if (value === undefined || value === '') throw usageError(`--${name} is missing`, verb);
    return value;
  };
  for (const name of needs) needed(name);
  if (names[0] === 'REQUEST' && !isRequestId(id)) throw usageError(`${verb}: ${noRequest(id)}`, verb);
  if (known.includes('everything') && (values.everything === true) === (values.project !== undefined))
    throw usageError('either --project or --everything', verb);
  if (known.includes('wait') && values.output !== undefined && values.wait !== true)
    throw usageError('--output goes with --wait: there is nothing to fetch before the end', verb);
  const number = (name: TextOption, bounds: NumberBounds): number =>
    wholeNumber(verb, name, values[name], bounds);
  return {
    verb,
    values,
    needed,
    id,
    file: verb === 'submit' ? fileOf(id, values.artifact) : '',
    bundleFrom: bundleFromOf(values),
    until: untilOf(values.until),
    since: sinceOf(values.since),
    retrySeconds: number('retry-for', { least: 0, most: 86_400, otherwise: 120 }),
    timeoutSeconds: number('timeout', { least: 1, most: 30 * 86_400, otherwise: 600 }),
    limit: number('limit', { least: 1, most: 1_000_000, otherwise: verb === 'list' ? 25 : 1000 }),
    days: number('days', { least: 1, most: 366, otherwise: 90 }),
    parameters: parametersOf([...(values.parameter ?? []), ...(values.param ?? [])]),
  };
}

/** `submit FILE`, or with --artifact, as the command had it before. */
function fileOf(positional: string, artifact: string | undefined): string {
  const file = positional === '' ? (artifact ?? '') : positional;
  if (file === '') throw usageError('submit: FILE is missing', 'submit');
  if (positional !== '' && artifact !== undefined && artifact !== positional)
    throw usageError('submit takes one file: FILE or --artifact FILE', 'submit');
  return file;
}

function bundleFromOf(values: ReturnType<typeof parse>['values']): BundleFrom | null {
  const { bundle, 'bundle-from': from, 'bundle-run': run } = values;
  if (from === undefined) {
    if (run !== undefined) throw usageError('--bundle-run goes with --bundle-from', 'submit');
    return null;
  }
  if (bundle !== undefined)
    throw usageError(
      'either --bundle FILE or --bundle-from HOST: one of them proves where it was built',
      'submit',
    );
  const host = bundleHosts.find((name) => name === from);
  if (host === undefined)
    throw usageError(`--bundle-from is ${list(bundleHosts, 'or')}, not ${JSON.stringify(from)}`, 'submit');
  if (run !== undefined && !/^[1-9]\d{0,18}$/.test(run))
    throw usageError(
      `--bundle-run is the number of a run, as GITHUB_RUN_ID has it, not ${JSON.stringify(run)}`,
      'submit',
    );
  return { host, ...(run === undefined ? {} : { runId: run }) };
}

function untilOf(text: string | undefined): 'gate' | 'done' {
  if (text === undefined || text === 'gate' || text === 'done') return text ?? 'done';
  throw usageError(`--until is gate or done, not ${text}`, 'wait');
}

function sinceOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw usageError(`--since is a date, as 2026-11-30 or 2026-11-30T12:00:00Z, not ${text}`, 'list');
  return new Date(time).toISOString();
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

/** What is wrong, and how the command is called. */
function usageError(message: string, verb: string | null, cause?: unknown): CliError {
  const lines = verb === null ? [] : linesOf(portalUsage, verb);
  const called = lines.length === 0 ? [] : ['', ...lines];
  return new CliError('USAGE', [message, ...called, '', '  countersign help says all'].join('\n'), cause);
}
