/** Which questions are put to the code host, and in which order: later ones need answers of earlier ones. */
import { CodeHostError } from '../platform/code-host/index.ts';
import type { CodeHost, HostQuestionName, QuestionPlace } from '../platform/code-host/index.ts';
import { sampledStars, textsToRead } from './reputation/index.ts';
import type { Answers, Source } from './reputation/index.ts';

/** Of a repository that has been found. */
export interface Place extends QuestionPlace {
  readonly fullName: string;
  /** As its owner wrote it; null: nothing. */
  readonly homepage: string | null;
}

const sampledAccounts = 24;
const workflowsMax = 20;

export function placeOf({ repository }: Answers): Place | null {
  if (!repository.ok) return null;
  const { fullName, name, owner, defaultBranch: branch, stars } = repository.value;
  const homepage = repository.value.homepage?.trim() ?? '';
  return { fullName, name, owner: owner.login, branch, stars, homepage: homepage === '' ? null : homepage };
}

/** One request each; the answer is kept as it came. */
export const questionsAbout = [
  'owner',
  'community',
  'licence',
  'releases',
  'contributors',
  'rules',
  'tree',
  'issues',
  'stars-first',
  'stars-last',
  'activity',
] as const satisfies readonly HostQuestionName[];

/** Answers put together from several requests, each with its part of the work. */
export const assembledSources = ['workflows', 'texts', 'star-accounts'] as const satisfies readonly Source[];
type Assembled = (typeof assembledSources)[number];

export async function assemble(
  source: Assembled,
  host: CodeHost,
  place: Place,
  answers: Answers,
): Promise<unknown> {
  switch (source) {
    case 'workflows':
      return { files: await workflowFiles(host, place) };
    case 'texts':
      return { files: await textFiles(host, place, answers) };
    case 'star-accounts':
      return starAccounts(host, answers);
  }
}

async function workflowFiles(host: CodeHost, place: Place): Promise<readonly unknown[]> {
  const paths = await host.workflows(place);
  const files = [];
  for (const path of paths.filter((path) => /\.ya?ml$/.test(path)).slice(0, workflowsMax)) {
    files.push({ path, text: (await host.readFile(place, path)) ?? '' });
  }
  return files;
}

/** Readme, funding file, manifests, licences and the heads of some source files. */
async function textFiles(host: CodeHost, place: Place, answers: Answers): Promise<readonly unknown[]> {
  // Without a tree nobody knows what to read, and nothing is said not to be there.
  if (!answers.tree.ok) throw new CodeHostError('NOT_FOUND', 'there is no tree to choose files from');
  const files = [];
  for (const { path, charactersMax } of textsToRead(answers)) {
    const text = await host.readFile(place, path);
    // One that is gone since the tree was read isn't there.
    if (text !== null) files.push({ path, text: text.replaceAll('\0', '\ufffd').slice(0, charactersMax) });
  }
  return files;
}

async function starAccounts(host: CodeHost, answers: Answers): Promise<readonly unknown[]> {
  const accounts = [];
  for (const id of sampleOf(answers)) {
    const account = await host.starAccounts.ask(id);
    // An account that is gone can't be looked at; that alone says nothing.
    if (account !== null) accounts.push(account);
  }
  return accounts;
}

/** Evenly over the sampled stars, so that neither the first nor the last ones speak for all. */
function sampleOf(answers: Answers): readonly string[] {
  const ids = (sampledStars(answers) ?? []).flatMap((star) => star.accountId ?? []);
  const step = Math.max(1, ids.length / sampledAccounts);
  const sample = new Set<string>();
  for (let index = 0; index < ids.length && sample.size < sampledAccounts; index += step) {
    sample.add(ids[Math.floor(index)] ?? '');
  }
  return [...sample];
}

export function reasonOf(error: CodeHostError): string {
  switch (error.code) {
    case 'NOT_FOUND':
      return 'the host has none, or shows it to nobody';
    case 'NOT_READY':
      return 'the host is still working it out';
    case 'RATE_LIMITED':
      return 'the host asks to wait';
    case 'FORBIDDEN':
      return 'the host doesn’t show it to the portal';
    case 'UNAVAILABLE':
      return 'the host didn’t answer';
  }
}
