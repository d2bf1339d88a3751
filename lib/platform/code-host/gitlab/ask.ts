/** One reading request to GitLab's REST API, its answer bounded and still to be read. Asked is the server of the configuration, and no other. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { boundedFetch, defaultTiming } from '../../github-client/index.ts';
import type { HostInput } from '../code-host.ts';
import { CodeHostError } from '../error.ts';
import { refusalOf } from './errors.ts';

/** People wait for these answers, and jobs are tried again: nobody waits for long. */
const briskTiming = { timeoutMilliseconds: 8_000, retries: 1, limitWaitSecondsMax: 3 } as const;

interface RawAnswer {
  readonly body: unknown;
  readonly etag: string | null;
  /** The query of the next page; null: it is the last. */
  readonly next: string | null;
}

export interface GitLab {
  /** null: still what `etag` named. */
  ask(path: string, etag?: string | null): Promise<RawAnswer | null>;
  /** An answer that can't be read is UNAVAILABLE. `token`: in place of the portal's own. */
  read<S extends z.ZodType>(path: string, schema: S, token?: string | null): Promise<z.output<S>>;
  readonly apiUrl: string;
  ownToken(): string;
  /** At most so many pages of a list. */
  pages(
    path: string,
    pagesMax: number,
  ): Promise<{ readonly items: readonly unknown[]; readonly more: boolean }>;
}

export function openClient(
  settings: { readonly apiUrl: string; readonly tokenFile: string },
  { now, timing: given = {} }: Pick<HostInput, 'now' | 'timing'>,
): GitLab {
  const { apiUrl, tokenFile } = settings;
  const timing = { ...defaultTiming, ...briskTiming, ...given };
  const get = boundedFetch(timing.timeoutMilliseconds);
  const ownToken = (): string => readFileSync(tokenFile, 'utf8').trim();
  const once = async (path: string, etag: string | null, token: string | null): Promise<Response> => {
    const headers = {
      accept: 'application/json',
      'user-agent': 'countersign',
      authorization: `Bearer ${token ?? ownToken()}`,
      ...(etag === null ? {} : { 'if-none-match': etag }),
    };
    try {
      return await get(`${apiUrl}${path}`, { headers });
    } catch (cause) {
      throw new CodeHostError('UNAVAILABLE', `GET ${path}: no answer`, { cause });
    }
  };
  const askBy = async (
    path: string,
    etag: string | null,
    token: string | null,
  ): Promise<RawAnswer | null> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await once(path, etag, token);
        if (response.status === 304 && etag !== null) {
          await response.body?.cancel();
          return null;
        }
        return await bodyOf(response, path, now());
      } catch (error) {
        const seconds = secondsBefore(error, now());
        if (seconds === null || seconds > timing.limitWaitSecondsMax || attempt >= timing.retries)
          throw error;
        await wait(seconds * timing.secondMilliseconds);
      }
    }
  };
  const ask: GitLab['ask'] = (path, etag = null) => askBy(path, etag, null);
  return {
    apiUrl,
    ownToken,
    ask,
    async read(path, schema, token = null) {
      const answer = await askBy(path, null, token);
      const parsed = schema.safeParse(answer?.body);
      if (parsed.success) return parsed.data;
      throw new CodeHostError('UNAVAILABLE', `GET ${path}: an answer that can't be read`, {
        cause: parsed.error,
      });
    },
    async pages(path, pagesMax) {
      const items: unknown[] = [];
      let at = path;
      for (let page = 0; page < pagesMax; page += 1) {
        const answer = await ask(at);
        if (!Array.isArray(answer?.body))
          throw new CodeHostError('UNAVAILABLE', `GET ${path}: a list was expected`);
        items.push(...(answer.body as readonly unknown[]));
        if (answer.next === null) return { items, more: false };
        at = `${path.split('?')[0] ?? ''}${answer.next}`;
      }
      return { items, more: true };
    },
  };
}

async function bodyOf(response: Response, path: string, now: Date): Promise<RawAnswer> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw refusalOf(response, `GET ${path}`, now);
  }
  const headers = response.headers;
  try {
    const body: unknown = await response.json();
    return { body, etag: headers.get('etag'), next: nextOf(headers.get('link')) };
  } catch (cause) {
    throw new CodeHostError('UNAVAILABLE', `GET ${path}: no JSON, too much, or cut off`, { cause });
  }
}

/** Seconds until it may be asked again; null: that would bring nothing. */
function secondsBefore(error: unknown, now: Date): number | null {
  if (!isError(error, CodeHostError)) return null;
  if (error.code === 'UNAVAILABLE') return 1;
  if (error.code !== 'RATE_LIMITED' || error.retryAt === null) return null;
  return Math.max(0, (error.retryAt.getTime() - now.getTime()) / 1000);
}

/** Of RFC 8288's `link`, the query of what is next: the server of the configuration is asked, whatever address stands there. */
function nextOf(link: string | null): string | null {
  if (link === null || link.length > 16_384) return null;
  const next = link
    .split(',')
    .map((one) => /^\s*<([^<>\s]+)>\s*;.*\brel="?next"?/i.exec(one)?.[1])
    .find((address) => address !== undefined);
  return next !== undefined && URL.canParse(next) ? new URL(next).search : null;
}
