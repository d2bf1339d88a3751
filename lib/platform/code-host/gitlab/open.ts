/** GitLab behind the port: gitlab.com, or one server of its own. */
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import type { PortalConfig } from '../../config/index.ts';
import type { CodeHost, HostInput, MaintainedRepository } from '../code-host.ts';
import { CodeHostError } from '../error.ts';
import { parseAddress } from './address.ts';
import { pick, readStarAccounts } from './answers.ts';
import { openClient } from './ask.ts';
import { buildFilesOf } from './build-files.ts';
import { filePath, pathOf } from './paths.ts';
import { projectSchema, publicOnly, type Project } from './project.ts';
import { questionsTo, userIdOf } from './questions.ts';

type GitLabConfig = NonNullable<NonNullable<PortalConfig['codeHost']>['gitlab']>;

const fileCharactersMax = 1024 * 1024;
const newestReleases = 10;
const defaultConfiguration = '.gitlab-ci.yml';

const fileSchema = z.object({ encoding: z.literal('base64'), content: z.string() });
const releasesSchema = z.array(z.object({ tag_name: z.string().max(300) })).max(newestReleases);
const userSchema = z.object({ id: z.number().int().positive(), bot: z.boolean().nullish() });
/** `access_level`: https://docs.gitlab.com/api/project_members */
const memberSchema = z.object({
  id: z.number().int().positive(),
  state: z.string().max(40),
  access_level: z.number().int(),
});

/** Nothing is read or asked before the first call. */
export function openGitLab(config: GitLabConfig, input: Pick<HostInput, 'now' | 'timing'>): CodeHost {
  const { server, url = server, tokenFile } = config;
  const gitlab = openClient({ apiUrl: `${url}/api/v4`, tokenFile }, input);
  const projectAt = (path: string): Promise<Project> => gitlab.read(`${path}?license=true`, projectSchema);

  return {
    name: 'gitlab',
    server,
    parseAddress: (address) => parseAddress(address, server),
    repository: async (place) => publicOnly(await projectAt(pathOf(place)), server),
    async repositoryById(id) {
      const repository = publicOnly(await projectAt(`/projects/${encodeURIComponent(id)}`), server);
      if (repository.id === id) return repository;
      throw new CodeHostError('UNAVAILABLE', `asked for project ${id}, the host answered another one`);
    },
    /** Those in the account's own namespace. The token of a person's sign-in isn't used: it may read the account alone. */
    async maintainedBy({ accountId }) {
      const path = `/users/${encodeURIComponent(accountId)}/projects?visibility=public&archived=false&order_by=last_activity_at&per_page=100`;
      const items = await gitlab.read(path, z.array(projectSchema).max(100));
      return items.flatMap((item): MaintainedRepository[] => {
        if (item.visibility !== 'public' || typeof item.default_branch !== 'string') return [];
        const repository = publicOnly(item, server);
        return repository.ownerAccountId === accountId ? [{ repository, permission: 'admin' }] : [];
      });
    },
    /** A membership of the project or of a group above it, as anybody with an account sees it. */
    async permissionOn({ id }, { accountId }) {
      const path = `/projects/${encodeURIComponent(id)}/members/all/${encodeURIComponent(accountId)}`;
      const member = await orNull(() => gitlab.read(path, memberSchema));
      if (member?.state !== 'active') return null;
      if (String(member.id) !== accountId)
        throw new CodeHostError('UNAVAILABLE', `GET ${path}: the host answered about another account`);
      return permissionOf(member.access_level);
    },
    async readFile(place, path) {
      const file = await orNull(() => gitlab.read(filePath(place, path), fileSchema));
      if (file === null) return null;
      return Buffer.from(file.content, 'base64').toString('utf8').slice(0, fileCharactersMax);
    },
    async workflows(place) {
      const path = configurationOf(await projectAt(pathOf(place)));
      const isThere = path !== null && (await orNull(() => gitlab.read(filePath(place, path), fileSchema)));
      return path !== null && isThere ? [path] : [];
    },
    async releasedTags(place) {
      const path = `${pathOf(place)}/releases?per_page=${newestReleases}`;
      return (await gitlab.read(path, releasesSchema)).map((release) => release.tag_name);
    },
    async account(login) {
      const path = `/users/${await userIdOf(gitlab, login)}`;
      const { id, bot } = await gitlab.read(path, userSchema);
      if (`/users/${id}` !== path)
        throw new CodeHostError('UNAVAILABLE', `GET ${path}: the host answered about another account`);
      return { id: String(id), kind: bot === true ? 'other' : 'person' };
    },
    buildFiles: buildFilesOf(gitlab, input.now),
    questions: questionsTo(gitlab, input.now),
    starAccounts: {
      asked: 'GET /users/{id}',
      async ask(id) {
        const answer = await orNull(() => gitlab.ask(`/users/${encodeURIComponent(id)}`));
        return answer === null ? null : pick(answer.body, ['id', 'created_at', 'followers']);
      },
      read: readStarAccounts,
    },
    fileAsked: (path) => `GET /projects/{id}/repository/files/${path}`,
  };
}

/** Levels of roles, custom ones too: 30 developer, 40 maintainer, 50 owner. */
function permissionOf(level: number): MaintainedRepository['permission'] | null {
  if (level >= 50) return 'admin';
  if (level >= 40) return 'maintain';
  return level >= 30 ? 'push' : null;
}

/** null: it is in another project or on the web, where nobody looks for it. */
function configurationOf({ ci_config_path: path }: Project): string | null {
  if (path === null || path === undefined || path === '') return defaultConfiguration;
  return /^[^@:]{1,300}\.ya?ml$/.test(path) ? path : null;
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
