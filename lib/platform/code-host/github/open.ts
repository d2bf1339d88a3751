/** GitHub behind the port. */
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { identityHosts } from '#core/identity/index.ts';
import type {
  CodeHost,
  HostedRepository,
  HostInput,
  MaintainedRepository,
  SignedInAs,
} from '../code-host.ts';
import { CodeHostError } from '../error.ts';
import { parseAddress } from './address.ts';
import { pickStarAccount, readStarAccounts } from './answers.ts';
import { openClient } from './ask.ts';
import { buildFilesOf } from './build-files.ts';
import { contentsPath, pathOf } from './paths.ts';
import { questionsTo } from './questions.ts';

const defaultWebUrl = 'https://github.com';
const maintainedPagesMax = 3;
const fileCharactersMax = 1024 * 1024;
const foldersMax = 1_000;
const workflowFolder = '.github/workflows';
const newestReleases = 10;

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'a time');
const repositorySchema = z.object({
  id: z.number().int().positive(),
  name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
  owner: z.object({ id: z.number().int().positive(), login: z.string().regex(/^[A-Za-z0-9-]{1,39}$/) }),
  private: z.boolean(),
  description: z.string().nullish(),
  homepage: z.string().nullish(),
  license: z.object({ spdx_id: z.string().nullish() }).nullish(),
  default_branch: z.string(),
  archived: z.boolean().optional(),
  fork: z.boolean(),
  created_at: time.nullish(),
  pushed_at: time.nullish(),
  permissions: z
    .object({
      admin: z.boolean().optional(),
      maintain: z.boolean().optional(),
      push: z.boolean().optional(),
    })
    .optional(),
});
const fileSchema = z.object({ type: z.literal('file'), encoding: z.string(), content: z.string() });
const folderSchema = z.array(z.object({ name: z.string(), type: z.string() }));

const releasesSchema = z
  .array(z.object({ tag_name: z.string().max(300) }))
  .max(newestReleases)
  .catch([]);
const accountSchema = z.object({ id: z.number().int().positive(), type: z.string() });

/** Nothing is read or asked before the first call. */
export function openGitHub(input: HostInput): CodeHost {
  const webUrl = input.config.codeHost?.webUrl ?? defaultWebUrl;
  const github = openClient(input);
  const toRepository = (raw: z.output<typeof repositorySchema>): HostedRepository => ({
    id: String(raw.id),
    ownerId: String(raw.owner.id),
    ownerAccountId: String(raw.owner.id),
    owner: raw.owner.login,
    name: raw.name,
    uri: `${webUrl}/${raw.owner.login}/${raw.name}`,
    description: raw.description ?? null,
    homepage: raw.homepage ?? null,
    licence: spdxOf(raw.license?.spdx_id),
    defaultBranch: raw.default_branch,
    archived: raw.archived ?? false,
    fork: raw.fork,
    createdAt: new Date(raw.created_at ?? 0),
    pushedAt: typeof raw.pushed_at === 'string' ? new Date(raw.pushed_at) : null,
  });
  const publicOnly = (raw: z.output<typeof repositorySchema>): HostedRepository => {
    if (raw.private) throw new CodeHostError('NOT_FOUND', `${raw.owner.login}/${raw.name} is not public`);
    return toRepository(raw);
  };

  const maintainedBy = async ({ userToken }: SignedInAs): Promise<readonly MaintainedRepository[]> => {
    if (userToken === null) return [];
    const found: MaintainedRepository[] = [];
    for (let page = 1; page <= maintainedPagesMax; page++) {
      const path = `/user/repos?visibility=public&sort=pushed&per_page=100&page=${page}`;
      const items = await github.readAs(userToken, path, z.array(repositorySchema).max(100));
      for (const item of items) {
        const permission = permissionOf(item.permissions);
        if (permission !== null && !item.private) found.push({ repository: toRepository(item), permission });
      }
      if (items.length < 100) break;
    }
    return found;
  };

  return {
    name: 'github',
    server: identityHosts.github.server,
    parseAddress: (address) => parseAddress(address, webUrl),
    repository: async (place) => publicOnly(await github.read(pathOf(place), repositorySchema)),
    async repositoryById(id) {
      const repository = publicOnly(
        await github.read(`/repositories/${encodeURIComponent(id)}`, repositorySchema),
      );
      if (repository.id === id) return repository;
      throw new CodeHostError('UNAVAILABLE', `asked for repository ${id}, the host answered another one`);
    },
    maintainedBy,
    async permissionOn({ id }, who) {
      const found = (await maintainedBy(who)).find((one) => one.repository.id === id);
      return found?.permission ?? null;
    },
    async readFile(place, path) {
      const file = await orNull(() => github.read(contentsPath(place, path), fileSchema));
      if (file === null) return null;
      return Buffer.from(file.content, 'base64').toString('utf8').slice(0, fileCharactersMax);
    },
    async workflows(place) {
      const entries = await orNull(() => github.read(contentsPath(place, workflowFolder), folderSchema));
      return (entries ?? []).slice(0, foldersMax).map(({ name }) => `${workflowFolder}/${name}`);
    },
    async releasedTags(place) {
      const path = `${pathOf(place)}/releases?per_page=${newestReleases}`;
      return (await github.read(path, releasesSchema)).map((release) => release.tag_name);
    },
    async account(login) {
      const { id, type } = await github.read(`/users/${encodeURIComponent(login)}`, accountSchema);
      return { id: String(id), kind: type === 'User' ? 'person' : 'other' };
    },
    buildFiles: buildFilesOf(github),
    questions: questionsTo(github),
    starAccounts: {
      asked: 'GET /users/{user}',
      async ask(id) {
        const answer = await orNull(() => github.ask(`/user/${encodeURIComponent(id)}`));
        return answer === null ? null : pickStarAccount(answer.body);
      },
      read: readStarAccounts,
    },
    fileAsked: (path) => `GET /repos/{owner}/{repo}/contents/${path}`,
  };
}

/** null where there is nothing of that name. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isError(error, CodeHostError) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** GitHub says NOASSERTION where it saw a licence and can't tell which. */
const spdxOf = (id: string | null | undefined): string | null =>
  id === undefined || id === null || id === 'NOASSERTION' || !/^[A-Za-z0-9.+-]{1,60}$/.test(id) ? null : id;

function permissionOf(
  permissions: z.output<typeof repositorySchema>['permissions'],
): MaintainedRepository['permission'] | null {
  if (permissions?.admin === true) return 'admin';
  if (permissions?.maintain === true) return 'maintain';
  return permissions?.push === true ? 'push' : null;
}
