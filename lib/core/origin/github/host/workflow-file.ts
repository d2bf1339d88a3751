/**
 * What a workflow file says that decides what could have got into a build: https://docs.github.com/actions/reference/workflows-and-actions.
 * All of it is read or none: an entry that was left out would be one that nobody judges.
 */
import { restoresCache } from './caching-actions.ts';
import { readWorkflowText } from './workflow-text.ts';

export interface WorkflowFacts {
  /** Events that start it. */
  readonly triggers: readonly string[];
  /** Actions, workflows and images that are used by a name which can be moved. */
  readonly unpinned: readonly string[];
  /** Steps that restore what an earlier run left. */
  readonly caches: readonly string[];
  /** Called workflows and local actions: what those do isn't in this file. */
  readonly elsewhere: readonly string[];
}

export type WorkflowSaid = WorkflowFacts | { readonly unreadable: string };

export function readWorkflow(bytes: Uint8Array): WorkflowSaid {
  const read = readWorkflowText(bytes);
  if (typeof read === 'string') return { unreadable: read };
  const triggers = namesOf(member(read.value, 'on'));
  if (triggers === null) return { unreadable: 'it has no `on` with the names of events' };
  const jobs = entriesOf(member(read.value, 'jobs'));
  if (jobs.length === 0) return { unreadable: 'it has no `jobs`' };
  const steps: Step[] = [];
  const called: string[] = [];
  for (const [name, job] of jobs) {
    const uses = usedBy(job);
    const listed = member(job, 'steps');
    if (uses === undefined || (listed !== undefined && !Array.isArray(listed))) return odd(name);
    if (uses !== null) called.push(uses);
    for (const step of (listed ?? []) as readonly unknown[]) {
      const used = usedBy(step);
      if (used === undefined) return odd(name);
      if (used !== null) steps.push({ job: name, uses: used, given: entriesOf(member(step, 'with')) });
    }
  }
  const used = [...called, ...steps.map(({ uses }) => uses)];
  const images = jobs.flatMap(([, job]) => imagesOf(job));
  return {
    triggers: [...new Set(triggers)],
    unpinned: [
      ...new Set([
        ...used.filter((uses) => !isPinned(uses)),
        ...images.filter((image) => !isPinnedImage(image)).map((image) => `image ${image}`),
      ]),
    ],
    caches: steps
      .filter(({ uses, given }) => !isLocal(uses) && restoresCache(actionOf(uses), given))
      .map(({ job, uses }) => `${job}: ${uses}`),
    elsewhere: [...new Set([...called, ...used.filter(isLocal)])],
  };
}

interface Step {
  readonly job: string;
  readonly uses: string;
  readonly given: readonly (readonly [string, unknown])[];
}

const odd = (job: string): WorkflowSaid => ({
  unreadable: `the job ${job.slice(0, 100)} isn't written as GitHub describes it`,
});

/** What a job or step uses; null: nothing; undefined: it is no job or step, or what it uses no text. */
function usedBy(one: unknown): string | null | undefined {
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return undefined;
  const uses = member(one, 'uses');
  return uses === undefined ? null : typeof uses === 'string' ? uses : undefined;
}

/** The runner takes either slash, and leaves out what is empty between two. */
export const isLocal = (uses: string): boolean => /^\.[/\\]/.test(uses);

function actionOf(uses: string): string {
  const [name = ''] = uses.toLowerCase().split('@');
  const parts: string[] = [];
  for (const part of name.split(/[/\\]/)) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const isPinnedImage = (image: string): boolean => /@sha256:[0-9a-f]{64}$/.test(image);

/** By a commit or a digest, or a file of the same commit: nothing else stays what it was. */
function isPinned(uses: string): boolean {
  if (isLocal(uses)) return !uses.includes('..');
  if (uses.startsWith('docker://')) return isPinnedImage(uses);
  return /^[^@\s]+@[0-9a-f]{40}$/.test(uses);
}

/** Of the container that a job's steps run in, and of its services. An expression is an image that nobody knows. */
function imagesOf(job: unknown): readonly string[] {
  const services = member(job, 'services');
  const all = typeof services === 'string' ? [services] : entriesOf(services).map(([, service]) => service);
  return [member(job, 'container'), ...all]
    .flatMap((one) => {
      if (one === undefined || one === null || one === '') return [];
      const image = typeof one === 'string' ? one : member(one, 'image');
      return [typeof image === 'string' ? image : '(not told)'];
    })
    .filter((image) => image !== '');
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
/** `on: push`, `on: [push]` and `on: {push: …}` mean the same. null: nothing of these. */
function namesOf(value: unknown): readonly string[] | null {
  const names: readonly unknown[] =
    typeof value === 'string' ? [value] : Array.isArray(value) ? value : entriesOf(value).map(([key]) => key);
  return names.length > 0 && names.every((name) => typeof name === 'string') ? names : null;
}
