/**
 * What a workflow file says that decides what could have got into a build: https://docs.github.com/actions/reference/workflows-and-actions.
 * It is a stranger's text, so little of it is read: at most 128 KiB, no aliases, no tags.
 */
import { parse } from 'yaml';

export interface WorkflowFacts {
  /** Events that start it. */
  readonly triggers: readonly string[];
  /** Actions and workflows that are used by a name which can be moved. */
  readonly unpinned: readonly string[];
  /** Steps that restore what an earlier run left. */
  readonly caches: readonly string[];
  /** Workflows and local actions: what those do isn't in this file. */
  readonly elsewhere: readonly string[];
}

const bytesMax = 128 * 1024;
const namedMax = 20;

/** Base64 → facts, or why it can't be read. */
export function readWorkflow(content: string): { readonly said: WorkflowFacts } | string {
  const bytes = Buffer.from(content, 'base64');
  if (bytes.byteLength > bytesMax) return 'the workflow file is larger than 128 KiB';
  let document: unknown;
  try {
    document = parse(bytes.toString('utf8'), { maxAliasCount: 0, schema: 'core', logLevel: 'silent' });
  } catch (error) {
    return `the workflow file can't be read: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no YAML'}`;
  }
  const triggers = namesOf(member(document, 'on'));
  const jobs = entriesOf(member(document, 'jobs'));
  if (triggers.length === 0 || jobs.length === 0) return 'the workflow file has no `on` or no `jobs`';
  const called = jobs.flatMap(([, job]) => textOf(member(job, 'uses')));
  const steps = jobs.flatMap(([name, job]) => listOf(member(job, 'steps')).map((step) => ({ name, step })));
  const used = [...called, ...steps.flatMap(({ step }) => textOf(member(step, 'uses')))];
  return {
    said: {
      triggers: triggers.slice(0, namedMax),
      unpinned: [...new Set(used.filter((uses) => !isPinned(uses)))].slice(0, namedMax),
      caches: steps
        .flatMap(({ name, step }) =>
          restoresCache(step) ? [`${name}: ${textOf(member(step, 'uses'))[0] ?? ''}`] : [],
        )
        .slice(0, namedMax),
      elsewhere: [...new Set([...called, ...used.filter((uses) => uses.startsWith('./'))])].slice(
        0,
        namedMax,
      ),
    },
  };
}

/** By a commit or a digest, or a file of the same commit: nothing else stays what it was. */
function isPinned(uses: string): boolean {
  if (uses.startsWith('./')) return !uses.includes('..');
  if (uses.startsWith('docker://')) return /@sha256:[0-9a-f]{64}$/.test(uses);
  return /^[^@\s]+@[0-9a-f]{40}$/.test(uses);
}

/** Actions that restore a cache whatever they are told. */
const always = ['actions/cache', 'actions/cache/restore', 'swatinem/rust-cache', 'hendrikmuhs/ccache-action'];
/** Actions that restore one unless an input says no. */
const unlessSwitchedOff: Readonly<Record<string, readonly [input: string, off: string]>> = {
  'actions/setup-go': ['cache', 'false'],
  'actions/setup-node': ['package-manager-cache', 'false'],
  'astral-sh/setup-uv': ['enable-cache', 'false'],
  'gradle/actions/setup-gradle': ['cache-disabled', 'true'],
  'gradle/gradle-build-action': ['cache-disabled', 'true'],
  'golangci/golangci-lint-action': ['skip-cache', 'true'],
};
/** Inputs by which any action is told to restore one. */
const cacheInputs = ['cache', 'cache-from', 'enable-cache', 'bundler-cache', 'cache-binary', 'use-cache'];

function restoresCache(step: unknown): boolean {
  const action = textOf(member(step, 'uses'))[0]?.split('@')[0]?.toLowerCase();
  if (action === undefined) return false;
  const given = new Map(
    entriesOf(member(step, 'with')).map(([key, value]) => [
      key.toLowerCase(),
      String(value).trim().toLowerCase(),
    ]),
  );
  if (always.includes(action)) return true;
  const exception = Object.hasOwn(unlessSwitchedOff, action) ? unlessSwitchedOff[action] : undefined;
  if (exception !== undefined && given.get(exception[0]) !== exception[1]) return true;
  return cacheInputs.some((input) => {
    const value = given.get(input);
    return value !== undefined && value !== '' && value !== 'false' && value !== 'null';
  });
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : []);
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
/** `on: push`, `on: [push]` and `on: {push: …}` mean the same. */
const namesOf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Array.isArray(value)
      ? value.flatMap(textOf)
      : entriesOf(value).map(([key]) => key);
