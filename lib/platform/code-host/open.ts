/** GitHub behind the port. */
import { readFileSync } from 'node:fs';
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import type { PortalConfig } from '../config/index.ts';
import { createGitHubClient, defaultTiming } from '../github-client/index.ts';
import type { GitHubTiming } from '../github-client/index.ts';
import type { CodeHost, HostedRepository, MaintainedRepository, RawAnswer } from './code-host.ts';
import { CodeHostError, toCodeHostError } from './error.ts';

const defaultApiUrl = 'https://api.github.com';
const defaultWebUrl = 'https://github.com';
/** People wait for these answers, and jobs are tried again: nobody waits for long. */
const briskTiming = { timeoutMilliseconds: 8_000, retries: 1, limitWaitSecondsMax: 3 } as const;
const maintainedPagesMax = 3;
const fileCharactersMax = 1024 * 1024;
const foldersMax = 1_000;

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

type Call = <S extends z.ZodType>(route: string, schema: S) => Promise<z.output<S>>;

/** Nothing is read or asked before the first call. */
export function openCodeHost(input: {
  readonly config: Pick<PortalConfig, 'codeHost'>;
  readonly now: () => Date;
  readonly timing?: Partial<GitHubTiming>;
}): CodeHost {
  const { apiUrl = defaultApiUrl, webUrl = defaultWebUrl, tokenFile } = input.config.codeHost ?? {};
  const timing = { ...defaultTiming, ...briskTiming, now: input.now, ...input.timing };
  let own: Octokit | null = null;
  const asPortal = (): Octokit => {
    own ??= createGitHubClient({
      apiUrl,
      timing,
      limitsOf: 'portal',
      signIn: tokenFile === undefined ? {} : { auth: readFileSync(tokenFile, 'utf8').trim() },
    });
    return own;
  };
  const fetchRaw = async (
    octokit: Octokit,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawAnswer | null> => {
    try {
      const answer = await octokit.request(`GET ${escapeTemplate(path)}`, { headers: { ...headers } });
      const status: number = answer.status;
      if (status === 202) {
        throw new CodeHostError('NOT_READY', `GET ${path}: the host is still working it out`);
      }
      // octokit hands on as text what is no whole JSON.
      if (typeof answer.data === 'string') {
        throw new CodeHostError('UNAVAILABLE', `GET ${path}: the answer was cut off`);
      }
      const { etag, link } = answer.headers;
      return { body: answer.data as unknown, etag: etag ?? null, more: (link ?? '').includes('rel="next"') };
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 304) return null;
      throw toCodeHostError(error, `GET ${path}`, input.now());
    }
  };
  const callAs =
    (octokit: () => Octokit): Call =>
    async (path, schema) => {
      const answer = await fetchRaw(octokit(), path);
      const parsed = schema.safeParse(answer?.body);
      if (parsed.success) return parsed.data;
      throw new CodeHostError('UNAVAILABLE', `GET ${path}: an answer that can't be read`, {
        cause: parsed.error,
      });
    };
  const call = callAs(asPortal);
  const toRepository = (raw: z.output<typeof repositorySchema>): HostedRepository => ({
    id: String(raw.id),
    ownerId: String(raw.owner.id),
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
  const at = (place: { readonly owner: string; readonly name: string }): string =>
    `/repos/${encodeURIComponent(place.owner)}/${encodeURIComponent(place.name)}`;
  const contents = (place: { readonly owner: string; readonly name: string }, path: string): string =>
    `${at(place)}/contents/${path.split('/').map(encodeURIComponent).join('/')}`;

  return {
    parseAddress: (address) => parseAddress(address, webUrl),
    repository: async (place) => publicOnly(await call(at(place), repositorySchema)),
    repositoryById: async (id) =>
      publicOnly(await call(`/repositories/${encodeURIComponent(id)}`, repositorySchema)),
    async maintainedBy(userToken) {
      const octokit = createGitHubClient({
        apiUrl,
        timing,
        limitsOf: 'people',
        signIn: { auth: userToken },
      });
      const found: MaintainedRepository[] = [];
      for (let page = 1; page <= maintainedPagesMax; page++) {
        const path = `/user/repos?visibility=public&sort=pushed&per_page=100&page=${page}`;
        const items = await callAs(() => octokit)(path, z.array(repositorySchema).max(100));
        for (const item of items) {
          const permission = permissionOf(item.permissions);
          if (permission !== null && !item.private)
            found.push({ repository: toRepository(item), permission });
        }
        if (items.length < 100) break;
      }
      return found;
    },
    async readFile(place, path) {
      try {
        const file = await call(contents(place, path), fileSchema);
        const text = Buffer.from(file.content, 'base64').toString('utf8');
        return text.slice(0, fileCharactersMax);
      } catch (error) {
        if (isError(error, CodeHostError) && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    },
    async listFolder(place, path) {
      try {
        const entries = await call(contents(place, path), folderSchema);
        return entries.slice(0, foldersMax).map((one) => one.name);
      } catch (error) {
        if (isError(error, CodeHostError) && error.code === 'NOT_FOUND') return [];
        throw error;
      }
    },
    async ask(path, { etag = null, accept } = {}) {
      return fetchRaw(asPortal(), path, {
        ...(etag === null ? {} : { 'if-none-match': etag }),
        ...(accept === undefined ? {} : { accept }),
      });
    },
  };
}

/** octokit fills {names} in; an address has none. */
const escapeTemplate = (path: string): string => path.replaceAll('{', '%7B').replaceAll('}', '%7D');

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

function parseAddress(address: string, webUrl: string): { owner: string; name: string } | null {
  const text = address.trim();
  if (text.length > 300 || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.host !== new URL(webUrl).host || url.username !== '' || url.password !== '') return null;
  const [owner = '', rawName = '', ...rest] = url.pathname.replace(/^\//, '').replace(/\/$/, '').split('/');
  const name = rawName.replace(/\.git$/, '');
  if (rest.length > 0 || !/^[A-Za-z0-9-]{1,39}$/.test(owner)) return null;
  return /^[A-Za-z0-9._-]{1,100}$/.test(name) && !/^\.+$/.test(name) ? { owner, name } : null;
}
