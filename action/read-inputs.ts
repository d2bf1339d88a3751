/** The inputs of action.yml, checked all at once: a run that fails tells everything that is wrong with them. */
import { readParameters, type ParameterValues } from '#core/wire/parameters/index.ts';
import { bundleHosts, type BundleFrom } from '../cli/client/index.ts';
import { ActionError } from './error.ts';
import { inputOf, type Environment } from './runner/environment.ts';

/** What is to be signed. */
export type Source =
  | { readonly kind: 'file'; readonly pattern: string }
  | { readonly kind: 'artifact'; readonly by: 'id' | 'name'; readonly value: string };

export interface Submission {
  readonly kind: 'submit';
  readonly source: Source;
  readonly project: string;
  readonly policy: string;
  readonly parameters: ParameterValues;
  /** Path of the attestation; null: one that this job made for the file, if there is one. */
  readonly bundle: string | null;
  /** Where the host keeps the attestation, in place of it. */
  readonly bundleFrom: BundleFrom | null;
  readonly supersede: boolean;
}

/** Goes on with a request that is there. */
export interface Attachment {
  readonly kind: 'attach';
  readonly request: string;
}

const waits = ['gate', 'poll', 'none'] as const;
export type Wait = (typeof waits)[number];

export interface Inputs {
  /** Address without a final slash. */
  readonly portal: string;
  readonly task: Submission | Attachment;
  readonly wait: Wait;
  readonly timeoutSeconds: number;
  /** Folder for the signed file; null: it isn't downloaded. */
  readonly output: string | null;
  /** null: the identity token of the job. */
  readonly token: string | null;
}

const slug = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const artifactId = /^[1-9]\d{0,18}$/;
const minutesMax = 350;
const sources = ['file', 'artifact-id', 'artifact-name', 'request-id'] as const;

export function readInputs(environment: Environment): Inputs {
  const problems: string[] = [];
  const given = (name: string): string | null => {
    const value = inputOf(environment, name);
    return value === '' ? null : value;
  };
  const portal = portalOf(given('portal'), problems);
  const task = taskOf(given, environment['GITHUB_RUN_ID'], problems);
  const wait = waitOf(given('wait'), task, problems);
  const output = given('output');
  if (output !== null && wait !== 'poll') {
    problems.push(
      `output: with wait: ${wait} there is no signed file yet. Use wait: poll, or download in the job that publishes, with request-id: from this step’s outputs.`,
    );
  }
  const timeoutSeconds = timeoutOf(given('timeout-minutes'), problems);
  const token = given('api-token');
  if (problems.length > 0 || portal === null || task === null) {
    throw new ActionError('INPUT', `The inputs (with:) can’t be used. ${problems.join(' ')}`);
  }
  return { portal, task, wait, timeoutSeconds, output, token };
}

function portalOf(text: string | null, problems: string[]): string | null {
  if (text === null) {
    problems.push(
      'portal: is missing; it is the address of the foundation’s portal, as https://sign.example.org.',
    );
    return null;
  }
  const url = URL.parse(text);
  const loopback = url !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    problems.push(`portal: ${JSON.stringify(text.slice(0, 200))} is no https:// address.`);
    return null;
  }
  if (url.origin !== text.replace(/\/$/, '').toLowerCase()) {
    problems.push(
      `portal: ${url.origin} is all that belongs there, without a path, a question or a name to sign in with.`,
    );
    return null;
  }
  return url.origin;
}

function taskOf(
  given: (name: string) => string | null,
  run: string | undefined,
  problems: string[],
): Submission | Attachment | null {
  const named = sources.flatMap((name) => {
    const value = given(name);
    return value === null ? [] : [{ name, value }];
  });
  const [one] = named;
  if (one === undefined || named.length > 1) {
    const found =
      named.length === 0 ? 'None is there' : `${named.map(({ name }) => name).join(' and ')} are there`;
    problems.push(`Exactly one of ${sources.join(', ')} says what it is about. ${found}.`);
    return null;
  }
  if (one.name === 'request-id') {
    if (!uuid.test(one.value)) problems.push(`request-id: ${shown(one.value)} is no id of a request.`);
    const idle = ['parameters', 'bundle', 'bundle-from', 'bundle-token', 'supersede'].filter(
      (name) => ![null, 'false'].includes(given(name)),
    );
    if (idle.length > 0)
      problems.push(`${idle.join(', ')}: the request has them already; leave them out beside request-id.`);
    return { kind: 'attach', request: one.value };
  }
  if (one.name === 'artifact-id' && !artifactId.test(one.value))
    problems.push(
      `artifact-id: ${shown(one.value)} is no number; upload-artifact has it as output artifact-id.`,
    );
  const name = (input: 'project' | 'policy'): string => {
    const value = given(input) ?? '';
    if (!slug.test(value))
      problems.push(
        value === '' ? `${input}: is missing.` : `${input}: ${shown(value)} is no name of a ${input}.`,
      );
    return value;
  };
  return {
    kind: 'submit',
    source:
      one.name === 'file'
        ? { kind: 'file', pattern: one.value }
        : { kind: 'artifact', by: one.name === 'artifact-id' ? 'id' : 'name', value: one.value },
    project: name('project'),
    policy: name('policy'),
    parameters: parametersOf(given('parameters') ?? '', problems),
    bundle: given('bundle'),
    bundleFrom: bundleFromOf(given, run, problems),
    supersede: booleanOf('supersede', given('supersede'), problems),
  };
}

/** `run`: this one, so that of several attestations the one of this build is taken. */
function bundleFromOf(
  given: (name: string) => string | null,
  run: string | undefined,
  problems: string[],
): BundleFrom | null {
  const [from, token] = [given('bundle-from'), given('bundle-token')];
  if (from === null) {
    if (token !== null) problems.push('bundle-token: goes with bundle-from.');
    return null;
  }
  if (given('bundle') !== null)
    problems.push('bundle-from: bundle is there, too; only one can be the proof.');
  const host = bundleHosts.find((name) => name === from);
  if (host === undefined) problems.push(`bundle-from: ${shown(from)} is none of ${bundleHosts.join(', ')}.`);
  return {
    host: host ?? 'github',
    ...(run !== undefined && /^[1-9]\d{0,18}$/.test(run) ? { runId: run } : {}),
    ...(token === null ? {} : { token }),
  };
}

/** Lines of NAME=VALUE. */
function parametersOf(text: string, problems: string[]): ParameterValues {
  const values: Record<string, string> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(0, at)).trim();
    if (name === '') problems.push(`parameters: ${shown(line)} has no form of NAME=VALUE.`);
    else if (Object.hasOwn(values, name)) problems.push(`parameters: ${shown(name)} is there twice.`);
    else values[name] = line.slice(at + 1).trim();
  }
  const read = readParameters(values);
  if (!read.ok) problems.push(`parameters: ${read.message}`);
  return read.ok ? read.value : {};
}

/** By itself a submission ends the job, and whoever attaches wants the outcome. */
function waitOf(text: string | null, task: Inputs['task'] | null, problems: string[]): Wait {
  if (text === null) return task?.kind === 'attach' ? 'poll' : 'gate';
  const found = waits.find((wait) => wait === text);
  if (found === undefined) problems.push(`wait: ${shown(text)} is none of ${waits.join(', ')}.`);
  return found ?? 'gate';
}

function timeoutOf(text: string | null, problems: string[]): number {
  const minutes = Number(text ?? '60');
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= minutesMax) return minutes * 60;
  problems.push(`timeout-minutes: ${shown(text ?? '')} is no number from 1 to ${minutesMax}.`);
  return 0;
}

function booleanOf(name: string, text: string | null, problems: string[]): boolean {
  if (text === null || text === 'false') return false;
  if (text !== 'true') problems.push(`${name}: ${shown(text)} is neither true nor false.`);
  return true;
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 100));
