/** One reading request to GitHub, its answer bounded by the client and still to be read. */
import { readFileSync } from 'node:fs';
import type { Octokit } from '@octokit/rest';
import type { z } from 'zod';
import { createGitHubClient, defaultTiming } from '../../github-client/index.ts';
import { CodeHostError } from '../error.ts';
import type { HostInput } from '../code-host.ts';
import { toCodeHostError } from './errors.ts';

const defaultApiUrl = 'https://api.github.com';
/** People wait for these answers, and jobs are tried again: nobody waits for long. */
const briskTiming = { timeoutMilliseconds: 8_000, retries: 1, limitWaitSecondsMax: 3 } as const;

/** One answer, as it came. */
interface RawAnswer {
  readonly body: unknown;
  readonly etag: string | null;
}

export interface AskOptions {
  readonly etag?: string | null;
  readonly accept?: string;
  /** Of the API, where its next one answers in another form. */
  readonly version?: string;
}

export interface GitHub {
  readonly apiUrl: string;
  /** The portal's own; null: it asks as nobody. */
  ownToken(): string | null;
  /** As the portal. null: still what `etag` named. */
  ask(path: string, options?: AskOptions): Promise<RawAnswer | null>;
  /** The same, read. An answer that can't be is UNAVAILABLE. */
  read<S extends z.ZodType>(path: string, schema: S, options?: AskOptions): Promise<z.output<S>>;
  /** As the person whose token it is. */
  readAs<S extends z.ZodType>(
    userToken: string,
    path: string,
    schema: S,
    options?: AskOptions,
  ): Promise<z.output<S>>;
}

export function openClient({ config, now, timing: given = {} }: HostInput): GitHub {
  const { apiUrl = defaultApiUrl, tokenFile } = config.codeHost ?? {};
  const timing = { ...defaultTiming, ...briskTiming, now, ...given };
  let own: Octokit | null = null;
  const ownToken = (): string | null =>
    tokenFile === undefined ? null : readFileSync(tokenFile, 'utf8').trim();
  const asPortal = (): Octokit => {
    if (own !== null) return own;
    const auth = ownToken();
    own = createGitHubClient({
      apiUrl,
      timing,
      limitsOf: 'portal',
      signIn: auth === null ? {} : { auth },
    });
    return own;
  };
  const fetchRaw = async (
    octokit: Octokit,
    path: string,
    { etag = null, accept, version }: AskOptions = {},
  ): Promise<RawAnswer | null> => {
    const headers = {
      ...(etag === null ? {} : { 'if-none-match': etag }),
      ...(accept === undefined ? {} : { accept }),
      ...(version === undefined ? {} : { 'x-github-api-version': version }),
    };
    try {
      const answer = await octokit.request(`GET ${escapeTemplate(path)}`, { headers });
      const status: number = answer.status;
      if (status === 202) {
        throw new CodeHostError('NOT_READY', `GET ${path}: the host is still working it out`);
      }
      // octokit hands on as text what is no whole JSON.
      if (typeof answer.data === 'string') {
        throw new CodeHostError('UNAVAILABLE', `GET ${path}: the answer was cut off`);
      }
      return { body: answer.data as unknown, etag: answer.headers.etag ?? null };
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 304) return null;
      throw toCodeHostError(error, `GET ${path}`, now());
    }
  };
  const readBy = async <S extends z.ZodType>(
    octokit: Octokit,
    path: string,
    schema: S,
    options: AskOptions = {},
  ): Promise<z.output<S>> => {
    const answer = await fetchRaw(octokit, path, options);
    const parsed = schema.safeParse(answer?.body);
    if (parsed.success) return parsed.data;
    throw new CodeHostError('UNAVAILABLE', `GET ${path}: an answer that can't be read`, {
      cause: parsed.error,
    });
  };
  return {
    apiUrl,
    ownToken,
    ask: (path, options) => fetchRaw(asPortal(), path, options),
    read: (path, schema, options) => readBy(asPortal(), path, schema, options),
    readAs(userToken, path, schema, options) {
      const signIn = { auth: userToken };
      const client = createGitHubClient({ apiUrl, timing, limitsOf: 'people', signIn });
      return readBy(client, path, schema, options);
    },
  };
}

/** octokit fills {names} and :names in; an address has none. */
const escapeTemplate = (path: string): string =>
  path.replaceAll('{', '%7B').replaceAll('}', '%7D').replaceAll(':', '%3A');
