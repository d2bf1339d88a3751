/**
 * What is understood of GitHub's answers to what is asked about a project: each read by a schema that bounds it, and never trusted to be
 * what it should be. Answers that were kept years ago are read by these, too: what is read here has to stay readable.
 */
import { z } from 'zod';
import type { AskedStarAccount, BranchRule, HostAnswers } from '../questions.ts';

const text = z.string().max(100_000).nullish();
const time = z.string().max(40);
const count = z.number().int().min(0).max(1e12);
const login = z.string().max(200);
const account = z.object({ login, id: z.number(), type: z.string().max(40).optional() });
const spdx = z.object({ spdx_id: text }).nullish();

const repository = z
  .object({
    id: z.number(),
    full_name: z.string().max(300),
    owner: account,
    archived: z.boolean().optional(),
    fork: z.boolean(),
    private: z.boolean(),
    license: spdx,
    default_branch: z.string().max(300),
    homepage: text,
    created_at: time,
    pushed_at: time.nullish(),
    stargazers_count: count,
  })
  .transform((raw) => ({
    id: String(raw.id),
    fullName: raw.full_name,
    name: raw.full_name.slice(raw.full_name.indexOf('/') + 1),
    owner: { id: String(raw.owner.id), login: raw.owner.login },
    archived: raw.archived ?? false,
    fork: raw.fork,
    private: raw.private,
    licence: raw.license?.spdx_id ?? null,
    defaultBranch: raw.default_branch,
    homepage: raw.homepage ?? null,
    createdAt: raw.created_at,
    pushedAt: raw.pushed_at ?? null,
    stars: raw.stargazers_count,
  }));

const owner = account
  .extend({ created_at: time.optional(), name: text, company: text, bio: text, blog: text })
  .transform((raw) => ({
    login: raw.login,
    isOrganisation: raw.type === 'Organization',
    createdAt: raw.created_at ?? null,
    name: raw.name ?? null,
    company: raw.company ?? null,
    about: raw.bio ?? null,
    page: raw.blog ?? null,
  }));

const community = z.object({ files: z.record(z.string(), z.unknown()) }).transform(({ files }) => {
  const has = (name: string): boolean => files[name] !== null && files[name] !== undefined;
  return {
    readme: has('readme'),
    contributing: has('contributing'),
    codeOfConduct: has('code_of_conduct'),
  };
});

/** GitHub says NOASSERTION where it saw a licence and can't tell which. */
const licence = z.object({ path: z.string().max(1_000), license: spdx }).transform(({ path, license }) => {
  const id = license?.spdx_id ?? null;
  return { path, id: id === 'NOASSERTION' ? null : id };
});

const asset = z
  .object({ name: z.string().max(300), download_count: count })
  .transform((raw) => ({ name: raw.name, downloads: raw.download_count }));
const release = z
  .object({
    tag_name: z.string().max(300),
    draft: z.boolean(),
    prerelease: z.boolean(),
    published_at: time.nullish(),
    assets: z.array(asset).max(2_000),
  })
  .transform((raw) => ({
    tag: raw.tag_name,
    draft: raw.draft,
    prerelease: raw.prerelease,
    publishedAt: raw.published_at ?? null,
    assets: raw.assets,
  }));

const contributor = z
  .object({ login: login.optional(), contributions: count })
  .transform((raw) => ({ login: raw.login ?? null, commits: raw.contributions }));

const week = z
  .object({ week: z.number(), total: count })
  .transform((raw) => ({ startsAt: raw.week * 1000, commits: raw.total }));

const star = z
  .object({ starred_at: time, user: account.nullable() })
  .transform((raw) => ({ at: raw.starred_at, accountId: raw.user === null ? null : String(raw.user.id) }));
const stars = z.array(star).max(500);

const kinds: Readonly<Record<string, Exclude<BranchRule['kind'], 'pull-requests'>>> = {
  required_status_checks: 'checks',
  required_signatures: 'signed-commits',
  non_fast_forward: 'no-rewriting',
  deletion: 'no-deletion',
};
const rule = z
  .object({ type: z.string().max(100), parameters: z.record(z.string(), z.unknown()).optional() })
  .transform(({ type, parameters }): BranchRule | null => {
    if (type === 'pull_request') {
      const approvals = parameters?.['required_approving_review_count'];
      return { kind: 'pull-requests', approvals: typeof approvals === 'number' ? approvals : null };
    }
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    return kind === undefined ? null : { kind };
  });
const rules = z
  .array(rule)
  .max(500)
  .transform((all) => all.filter((item) => item !== null));

const entry = z.object({ path: z.string().max(4_096), type: z.string(), size: count.optional() });
const tree = z
  .object({ tree: z.array(entry).max(200_000), truncated: z.boolean() })
  .transform(({ tree: entries, truncated }) => ({
    files: entries.flatMap(({ path, type, size = 0 }) =>
      type === 'blob' ? [{ path, sizeBytes: size }] : [],
    ),
    truncated,
  }));

const issue = z
  .object({ created_at: time, closed_at: time.nullish() })
  .transform((raw) => ({ openedAt: raw.created_at, closedAt: raw.closed_at ?? null }));

type Reader<T> = (raw: unknown) => T | null;

const readBy =
  <T>(schema: z.ZodType<T>): Reader<T> =>
  (raw) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? parsed.data : null;
  };

export const readAnswer: { readonly [Name in keyof HostAnswers]: Reader<HostAnswers[Name]> } = {
  repository: readBy(repository),
  owner: readBy(owner),
  community: readBy(community),
  licence: readBy(licence),
  releases: readBy(z.array(release).max(1_000)),
  contributors: readBy(z.array(contributor).max(1_000)),
  rules: readBy(rules),
  tree: readBy(tree),
  issues: readBy(z.array(issue).max(500)),
  'stars-first': readBy(stars),
  'stars-last': readBy(stars),
  activity: readBy(z.array(week).max(60)),
};

const starAccount = z
  .object({ id: z.number(), created_at: time, followers: count, public_repos: count })
  .transform((raw) => ({
    id: String(raw.id),
    createdAt: raw.created_at,
    followers: raw.followers,
    repositories: raw.public_repos,
  }));
export const readStarAccounts: Reader<readonly AskedStarAccount[]> = readBy(z.array(starAccount).max(500));

/** Only what is judged. */
export function pickStarAccount(raw: unknown): unknown {
  const kept = ['id', 'created_at', 'followers', 'public_repos'];
  if (typeof raw !== 'object' || raw === null) return null;
  return Object.fromEntries(Object.entries(raw).filter(([name]) => kept.includes(name)));
}
