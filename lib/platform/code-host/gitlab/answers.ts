/**
 * What is understood of GitLab's answers to what is asked about a project, and what of them is kept: GitLab says more of people than anybody
 * judges (e-mail addresses, pictures), and that isn't kept. What is read here has to stay readable.
 */
import { z } from 'zod';
import type { AskedStarAccount, BranchRule, HostAnswers } from '../questions.ts';
import { licenceOf, projectSchema, toAsked } from './project.ts';

const text = z.string().max(100_000).nullish();
const time = z.string().max(40);
const count = z.number().int().min(0).max(1e12);
const id = z.number().int().positive();
export const weekMilliseconds = 7 * 24 * 3_600_000;

const group = z.object({
  group: z.object({
    full_path: z.string().max(1_000),
    name: text,
    description: text,
    created_at: time.nullish(),
  }),
});
const user = z.object({
  user: z.object({
    username: z.string().max(300),
    name: text,
    bio: text,
    organization: text,
    website_url: text,
    created_at: time.nullish(),
  }),
});
const owner = z.union([
  group.transform(({ group: raw }) => ({
    login: raw.full_path,
    isOrganisation: true,
    createdAt: raw.created_at ?? null,
    name: raw.name ?? null,
    company: null,
    about: raw.description ?? null,
    page: null,
  })),
  user.transform(({ user: raw }) => ({
    login: raw.username,
    isOrganisation: false,
    createdAt: raw.created_at ?? null,
    name: raw.name ?? null,
    company: raw.organization ?? null,
    about: raw.bio ?? null,
    page: raw.website_url ?? null,
  })),
]);

/** GitLab has no list of such documents: what stands at the top of the tree. */
const entry = z.object({ path: z.string().max(4_096), type: z.string().max(20) });
const community = z
  .array(entry)
  .max(100)
  .transform((entries) => {
    const has = (form: RegExp): boolean =>
      entries.some(({ path, type }) => type === 'blob' && form.test(path));
    return {
      readme: has(/^readme(?:\.|$)/i),
      contributing: has(/^contributing(?:\.|$)/i),
      codeOfConduct: has(/^code[-_ ]of[-_ ]conduct(?:\.|$)/i),
    };
  });

const licence = projectSchema
  .pick({ license: true, license_url: true, path_with_namespace: true })
  .refine((raw) => raw.license !== null && raw.license !== undefined)
  .transform((raw) => {
    const blob = /\/-\/blob\/(.{1,1500})$/.exec(raw.license_url ?? '')?.[1] ?? '';
    return { id: licenceOf(raw), path: blob.split('/').at(-1) ?? '' };
  });

const link = z.object({ name: z.string().max(300) }).transform(({ name }) => ({ name, downloads: null }));
const release = z
  .object({
    tag_name: z.string().max(300),
    released_at: time.nullish(),
    upcoming_release: z.boolean().nullish(),
    assets: z.object({ links: z.array(link).max(2_000).nullish() }).nullish(),
  })
  .transform((raw) => ({
    tag: raw.tag_name,
    // One of the future is announced, and not out.
    draft: raw.upcoming_release ?? false,
    prerelease: false,
    publishedAt: raw.released_at ?? null,
    assets: raw.assets?.links ?? [],
  }));

/** Names are those that commits carry: GitLab doesn't say whose accounts they are. */
const contributor = z
  .object({ name: z.string().max(300), commits: count })
  .transform((raw) => ({ login: raw.name, commits: raw.commits }));

const activity = z
  .object({ since: time, dates: z.array(time).max(10_000), more: z.boolean() })
  // More commits than are read: which weeks had none isn't known.
  .refine((raw) => !raw.more && !Number.isNaN(Date.parse(raw.since)))
  .transform(({ since, dates }) => {
    const start = Date.parse(since);
    const weeks = Array.from({ length: 52 }, (_, at) => ({
      startsAt: start + at * weekMilliseconds,
      commits: 0,
    }));
    for (const date of dates) {
      const week = weeks[Math.floor((Date.parse(date) - start) / weekMilliseconds)];
      if (week !== undefined) week.commits += 1;
    }
    return weeks;
  });

const stars = z
  .array(z.object({ starred_since: time, user: z.object({ id }).nullish() }))
  .max(500)
  .transform((all) =>
    all.map((raw) => ({ at: raw.starred_since, accountId: raw.user ? String(raw.user.id) : null })),
  );

/** Whether a branch is protected is all that anybody sees: who may push or merge, only its maintainers. A protected one can't be deleted by Git. */
const rules = z
  .object({ name: z.string().max(300), protected: z.boolean() })
  .transform((raw): readonly BranchRule[] => (raw.protected ? [{ kind: 'no-deletion' }] : []));

const tree = z
  .object({ entries: z.array(entry).max(20_000), more: z.boolean() })
  .transform(({ entries, more }) => ({
    files: entries.flatMap(({ path, type }) => (type === 'blob' ? [{ path, sizeBytes: null }] : [])),
    truncated: more,
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
  repository: readBy(projectSchema.transform(toAsked)),
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
  activity: readBy(activity),
};

const starAccount = z.object({ id, created_at: time, followers: count.nullish() }).transform((raw) => ({
  id: String(raw.id),
  createdAt: raw.created_at,
  followers: raw.followers ?? null,
  repositories: null,
}));
export const readStarAccounts: Reader<readonly AskedStarAccount[]> = readBy(z.array(starAccount).max(500));

/** Of people, wherever they stand in an answer. */
const neverKept = ['avatar_url', 'public_email', 'email'];

/** These members, of an object or of each in a list. What is neither stays as it came, for its reader to refuse. */
export function pick(raw: unknown, names: readonly string[]): unknown {
  if (Array.isArray(raw)) return raw.map((one) => pick(one, names));
  if (typeof raw !== 'object' || raw === null) return raw;
  const kept = Object.fromEntries(Object.entries(raw).filter(([name]) => names.includes(name)));
  const text = JSON.stringify(kept, (name, value: unknown) => (neverKept.includes(name) ? undefined : value));
  return JSON.parse(text) as unknown;
}
