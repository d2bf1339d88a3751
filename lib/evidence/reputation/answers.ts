/** What the code host answered, by question; read with a schema each, and never trusted to be what it should be. */
import { z } from 'zod';

export const sources = [
  'repository',
  'owner',
  'community',
  'licence',
  'releases',
  'contributors',
  'activity',
  'stars-first',
  'stars-last',
  'star-accounts',
  'rules',
  'tree',
  'workflows',
  'issues',
  'texts',
  'pages',
] as const;
export type Source = (typeof sources)[number];

export type RawAnswer =
  | { readonly ok: true; readonly body: unknown }
  /** Why there is no answer; a failed fetch is no fault of the project's. */
  | { readonly ok: false; readonly reason: string };
export type RawAnswers = Readonly<Partial<Record<Source, RawAnswer>>>;

/** What the application itself says; null: nothing yet. */
export interface Claims {
  readonly licence: string | null;
  readonly homepage: string | null;
}

const text = z.string().max(100_000).nullish();
const time = z.string().max(40);
const count = z.number().int().min(0).max(1e12);
const account = z.object({ login: z.string().max(200), id: z.number(), type: z.string().max(40).optional() });

export const schemas = {
  repository: z.object({
    id: z.number(),
    full_name: z.string().max(300),
    owner: account,
    archived: z.boolean().optional(),
    fork: z.boolean(),
    private: z.boolean(),
    license: z.object({ spdx_id: text }).nullish(),
    default_branch: z.string().max(300),
    created_at: time,
    pushed_at: time.nullish(),
    stargazers_count: count,
    forks_count: count,
  }),
  owner: account.extend({
    created_at: time.optional(),
    followers: count.optional(),
    name: text,
    company: text,
    bio: text,
    blog: text,
  }),
  community: z.object({ files: z.record(z.string(), z.unknown()) }),
  licence: z.object({ path: z.string().max(1_000), license: z.object({ spdx_id: text }).nullish() }),
  releases: z
    .array(
      z.object({
        tag_name: z.string().max(300),
        draft: z.boolean(),
        prerelease: z.boolean(),
        published_at: time.nullish(),
        assets: z.array(z.object({ name: z.string().max(300), download_count: count })).max(2_000),
      }),
    )
    .max(1_000),
  contributors: z.array(z.object({ login: z.string().max(200).optional(), contributions: count })).max(1_000),
  activity: z.array(z.object({ week: z.number(), total: count })).max(60),
  stars: z.array(z.object({ starred_at: time, user: account.nullable() })).max(500),
  'star-accounts': z
    .array(z.object({ id: z.number(), created_at: time, followers: count, public_repos: count }))
    .max(500),
  rules: z
    .array(z.object({ type: z.string().max(100), parameters: z.record(z.string(), z.unknown()).optional() }))
    .max(500),
  tree: z.object({
    tree: z
      .array(z.object({ path: z.string().max(4_096), type: z.string(), size: count.optional() }))
      .max(200_000),
    truncated: z.boolean(),
  }),
  workflows: z.object({
    files: z.array(z.object({ path: z.string().max(1_000), text: z.string() })).max(100),
  }),
  texts: z.object({
    files: z.array(z.object({ path: z.string().max(4_096), text: z.string().max(100_000) })).max(100),
  }),
  pages: z.object({
    pages: z
      .array(
        z.object({
          url: z.string().max(2_000),
          text: z.string().max(100_000),
          links: z.array(z.object({ text: z.string().max(300), url: z.string().max(2_000) })).max(2_000),
        }),
      )
      .max(10),
    /** Addresses that gave no page, with the reason. */
    failed: z.array(z.object({ url: z.string().max(2_000), reason: z.string().max(1_000) })).max(10),
  }),
  issues: z.array(z.object({ created_at: time, closed_at: time.nullish() })).max(500),
} as const;

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function read<S extends z.ZodType>(answers: RawAnswers, source: Source, schema: S): Read<z.output<S>> {
  const answer = answers[source];
  if (answer === undefined) return { ok: false, reason: 'not asked yet' };
  if (!answer.ok) return { ok: false, reason: answer.reason };
  const parsed = schema.safeParse(answer.body);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, reason: 'the host’s answer can’t be read' };
}

/** Milliseconds, or null for what is no time. */
export function timeOf(value: string | null | undefined): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}
