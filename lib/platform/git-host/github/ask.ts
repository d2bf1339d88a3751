/** Requests to GitHub: every answer is parsed, cached by its ETag, and read to the last page or discarded. */
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { GitHostError } from '../error.ts';
import { answered } from '../../github-client/index.ts';
import { toGitHostError } from './errors.ts';

export type Parameters = Readonly<Record<string, unknown>>;
type ReadRoute = `GET /${string}`;
type WriteRoute = `${'POST' | 'PATCH' | 'PUT' | 'DELETE'} /${string}`;

export interface Ask {
  /** `kept: false` for what is large and asked once. */
  read<S extends z.ZodType>(
    route: ReadRoute,
    parameters: Parameters,
    answer: S,
    options?: { readonly kept?: boolean },
  ): Promise<z.output<S>>;
  /** All items of a list. PARTIAL beyond `pagesMax` pages of 100. */
  list<S extends z.ZodType>(
    route: ReadRoute,
    parameters: Parameters,
    item: S,
    options?: { readonly pagesMax?: number; readonly within?: string },
  ): Promise<readonly z.output<S>[]>;
  /** `once`: never sent again by itself, because a second one would count twice. */
  write<S extends z.ZodType>(
    route: WriteRoute,
    parameters: Parameters,
    answer: S,
    options?: { readonly once?: boolean },
  ): Promise<z.output<S>>;
}

interface Page {
  readonly value: unknown;
  readonly etag: string | null;
  readonly more: boolean;
}

const keptPagesMax = 300;
const pagesMaxUsual = 10;
const perPage = 100;

export function createAsk(input: {
  readonly octokit: Octokit;
  readonly repository: { readonly owner: string; readonly repo: string };
  readonly now: () => Date;
}): Ask {
  const kept = new Map<string, Page>();
  let limitedUntil: Date | null = null;

  const exchange = async (route: string, parameters: Parameters) => {
    const now = input.now();
    if (limitedUntil !== null && now < limitedUntil) {
      // An app that keeps calling while it is rate-limited may be banned.
      const message = `${route}: not asked; GitHub's limit holds until ${limitedUntil.toISOString()}`;
      throw new GitHostError('RATE_LIMITED', message, { retryAt: limitedUntil });
    }
    const asked = { ...input.repository, ...parameters };
    try {
      return await input.octokit.request(route, asked);
    } catch (error) {
      if (answered(error)?.status !== 401) throw error;
      // The token may have been revoked before its time (the installation was suspended and is back).
      await input.octokit.auth({ type: 'installation', refresh: true });
      return input.octokit.request(route, asked);
    }
  };
  const explained = (error: unknown, route: string): GitHostError => {
    const known = toGitHostError(error, route, input.now());
    if (known.code === 'RATE_LIMITED') limitedUntil = known.retryAt;
    return known;
  };

  const readPage = async (
    route: ReadRoute,
    parameters: Parameters,
    answer: z.ZodType,
    keep: boolean,
  ): Promise<Page> => {
    const key = `${route} ${JSON.stringify(parameters)}`;
    const known = keep ? kept.get(key) : undefined;
    const headers =
      known?.etag === null || known === undefined ? {} : { headers: { 'if-none-match': known.etag } };
    try {
      const response = await exchange(route, { ...parameters, ...headers });
      const page: Page = {
        value: parse(route, answer, response.data),
        etag: response.headers.etag ?? null,
        more: /<[^>]*>;\s*rel="next"/.test(response.headers.link ?? ''),
      };
      kept.delete(key);
      if (keep && page.etag !== null) kept.set(key, page);
      const oldest = kept.keys().next().value;
      if (kept.size > keptPagesMax && oldest !== undefined) kept.delete(oldest);
      return page;
    } catch (error) {
      if (known !== undefined && answered(error)?.status === 304) return known;
      throw explained(error, route);
    }
  };
  /** A truncated answer is requested once more; it was never cached. */
  const readWhole: typeof readPage = async (...asked) => {
    try {
      return await readPage(...asked);
    } catch (error) {
      if (isError(error, GitHostError) && error.code === 'PARTIAL') return readPage(...asked);
      throw error;
    }
  };

  return {
    async read(route, parameters, answer, options = {}) {
      const page = await readWhole(route, parameters, answer, options.kept ?? true);
      return page.value as z.output<typeof answer>;
    },
    async list(route, parameters, item, options = {}) {
      const items: z.output<typeof item>[] = [];
      const counted =
        options.within === undefined
          ? z.array(item).transform((values) => ({ values, total: null }))
          : z
              .object({ total_count: z.number().int(), [options.within]: z.array(item) })
              .transform((page) => ({
                values: page[options.within ?? ''] as z.output<typeof item>[],
                total: page['total_count'] as number,
              }));
      const pagesMax = options.pagesMax ?? pagesMaxUsual;
      for (let page = 1; page <= pagesMax; page += 1) {
        const asked = { ...parameters, per_page: perPage, page };
        const { value, more } = await readWhole(route, asked, counted, true);
        const { values, total } = value as z.output<typeof counted>;
        items.push(...values);
        if (more) continue;
        if (total !== null && items.length < total) {
          throw new GitHostError('PARTIAL', `${route}: ${items.length} of ${total} came`);
        }
        return items;
      }
      throw new GitHostError('PARTIAL', `${route}: more than ${pagesMax * perPage} items`);
    },
    async write(route, parameters, answer, options = {}) {
      try {
        const once = options.once === true ? { request: { retries: 0 } } : {};
        const response = await exchange(route, { ...parameters, ...once });
        return parse(route, answer, response.data);
      } catch (error) {
        throw explained(error, route);
      }
    },
  };
}

function parse<S extends z.ZodType>(route: string, answer: S, data: unknown): z.output<S> {
  const parsed = answer.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : ` at ${issue.path.join('.') || 'the top'}: ${issue.message}`;
  throw new GitHostError('PARTIAL', `${route}: the answer isn't whole${where}`, { cause: parsed.error });
}
