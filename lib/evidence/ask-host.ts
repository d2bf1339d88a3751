/** Which questions are put to the code host, and in which order: later ones need answers of earlier ones. */
import { isError } from '#core/error/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type { CodeHost } from '../platform/code-host/index.ts';
import { sampledStars, textsToRead } from './reputation/index.ts';
import type { RawAnswers, Source } from './reputation/index.ts';
import { z } from 'zod';

export interface Question {
  readonly source: Source;
  readonly path: string;
  readonly accept?: string;
}

/** Of a repository that has been found. */
export interface Place {
  readonly fullName: string;
  readonly owner: string;
  readonly name: string;
  readonly branch: string;
  readonly stars: number;
  /** As its owner wrote it; null: nothing. */
  readonly homepage: string | null;
}

const starAccept = 'application/vnd.github.star+json';
/** GitHub gives no page of stargazers beyond this one. */
const starPagesMax = 400;
const sampledAccounts = 24;
const workflowsMax = 20;
const workflowFolder = '.github/workflows';

const placeSchema = z.object({
  full_name: z.string(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string(),
  stargazers_count: z.number().int().min(0),
  homepage: z.string().nullish(),
});

export function placeOf(body: unknown): Place | null {
  const parsed = placeSchema.safeParse(body);
  if (!parsed.success) return null;
  const { full_name: fullName, name, owner, default_branch: branch, stargazers_count: stars } = parsed.data;
  const homepage = parsed.data.homepage?.trim() ?? '';
  return { fullName, name, owner: owner.login, branch, stars, homepage: homepage === '' ? null : homepage };
}

/** One request each; the answer is kept as it came. */
export function questionsAbout({ owner, name, branch, stars }: Place): readonly Question[] {
  const at = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  const lastPage = Math.min(starPagesMax, Math.max(1, Math.ceil(stars / 100)));
  return [
    { source: 'owner', path: `/users/${encodeURIComponent(owner)}` },
    { source: 'community', path: `${at}/community/profile` },
    { source: 'licence', path: `${at}/license` },
    { source: 'releases', path: `${at}/releases?per_page=100` },
    { source: 'contributors', path: `${at}/contributors?per_page=100` },
    { source: 'rules', path: `${at}/rules/branches/${encodeURIComponent(branch)}` },
    { source: 'tree', path: `${at}/git/trees/${encodeURIComponent(branch)}?recursive=1` },
    { source: 'issues', path: `${at}/issues?state=closed&per_page=50` },
    { source: 'stars-first', path: `${at}/stargazers?per_page=100`, accept: starAccept },
    ...(lastPage === 1
      ? []
      : [
          {
            source: 'stars-last' as const,
            path: `${at}/stargazers?per_page=100&page=${lastPage}`,
            accept: starAccept,
          },
        ]),
    { source: 'activity', path: `${at}/stats/commit_activity` },
  ];
}

/** Answers put together from several requests, each with its part of the work. */
export const assembledSources = ['workflows', 'texts', 'star-accounts'] as const satisfies readonly Source[];
type Assembled = (typeof assembledSources)[number];

export async function assemble(
  source: Assembled,
  host: CodeHost,
  place: Place,
  answers: RawAnswers,
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
  const names = await host.listFolder(place, workflowFolder);
  const files = [];
  for (const name of names.filter((one) => /\.ya?ml$/.test(one)).slice(0, workflowsMax)) {
    const path = `${workflowFolder}/${name}`;
    files.push({ path, text: (await host.readFile(place, path)) ?? '' });
  }
  return files;
}

/** Readme, funding file, manifests, licences and the heads of some source files. */
async function textFiles(host: CodeHost, place: Place, answers: RawAnswers): Promise<readonly unknown[]> {
  // Without a tree nobody knows what to read, and nothing is said not to be there.
  if (answers.tree?.ok !== true)
    throw new CodeHostError('NOT_FOUND', 'there is no tree to choose files from');
  const files = [];
  for (const { path, charactersMax } of textsToRead(answers)) {
    const text = await host.readFile(place, path);
    // One that is gone since the tree was read isn't there.
    if (text !== null) files.push({ path, text: text.replaceAll('\0', '\ufffd').slice(0, charactersMax) });
  }
  return files;
}

async function starAccounts(host: CodeHost, answers: RawAnswers): Promise<readonly unknown[]> {
  const accounts = [];
  for (const id of sampleOf(answers)) {
    const answer = await host.ask(`/user/${id}`).catch((error: unknown) => {
      // An account that is gone can't be looked at; that alone says nothing.
      if (isError(error, CodeHostError) && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    if (answer !== null) accounts.push(pick(answer.body));
  }
  return accounts;
}

/** Evenly over the sampled stars, so that neither the first nor the last ones speak for all. */
function sampleOf(answers: RawAnswers): readonly number[] {
  const ids = (sampledStars(answers) ?? []).flatMap((star) => star.accountId ?? []);
  const step = Math.max(1, ids.length / sampledAccounts);
  const sample = new Set<number>();
  for (let index = 0; index < ids.length && sample.size < sampledAccounts; index += step) {
    sample.add(ids[Math.floor(index)] ?? 0);
  }
  return [...sample];
}

/** Only what is judged: accounts of people who only gave a star are nothing to keep. */
function pick(body: unknown): unknown {
  const kept = ['id', 'created_at', 'followers', 'public_repos'];
  if (typeof body !== 'object' || body === null) return null;
  return Object.fromEntries(Object.entries(body).filter(([name]) => kept.includes(name)));
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
