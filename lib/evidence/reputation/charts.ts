/** The same answers as data for charts. Each chart has a table with the same numbers. */
import { timeOf } from './answers.ts';
import type { Answers } from './answers.ts';
import { clean, dayOf } from './signal.ts';
import { burstHours, sampledStars } from './star-signals.ts';

export interface EvidenceCharts {
  /** Commits a week, the oldest first. */
  readonly activity: readonly { readonly week: string; readonly commits: number }[];
  /** Published releases, the oldest first. */
  readonly releases: readonly { readonly day: string; readonly tag: string; readonly downloads: number }[];
  /** Sampled stars by day, the oldest first. */
  readonly stars: readonly { readonly day: string; readonly stars: number; readonly burst: boolean }[];
  readonly starsAll: number | null;
  /** The ones with the most commits; the last may be all others together. */
  readonly contributors: readonly {
    readonly name: string;
    readonly commits: number;
    readonly share: number;
  }[];
}

const namedContributors = 8;

export function chartsOf(answers: Answers): EvidenceCharts {
  const repository = answers.repository;
  return {
    activity: activity(answers),
    releases: releases(answers),
    stars: stars(answers),
    starsAll: repository.ok ? repository.value.stars : null,
    contributors: contributors(answers),
  };
}

function activity(answers: Answers): EvidenceCharts['activity'] {
  const answer = answers.activity;
  if (!answer.ok) return [];
  return answer.value.flatMap(({ startsAt, commits }) => {
    const at = timeOf(isoOf(startsAt));
    return at === null ? [] : [{ week: dayOf(at), commits }];
  });
}

const isoOf = (milliseconds: number): string | null =>
  Math.abs(milliseconds) < 8e15 ? new Date(milliseconds).toISOString() : null;

function releases(answers: Answers): EvidenceCharts['releases'] {
  const answer = answers.releases;
  if (!answer.ok) return [];
  return answer.value
    .flatMap((release) => {
      const at = release.draft || release.prerelease ? null : timeOf(release.publishedAt);
      if (at === null) return [];
      const downloads = release.assets.reduce((sum, asset) => sum + (asset.downloads ?? 0), 0);
      return [{ day: dayOf(at), tag: clean(release.tag, 60), downloads }];
    })
    .sort((a, b) => a.day.localeCompare(b.day));
}

function stars(answers: Answers): EvidenceCharts['stars'] {
  const sampled = sampledStars(answers) ?? [];
  const bursts = new Set([...burstHours(sampled).keys()].map(dayOf));
  const days = new Map<string, number>();
  for (const { at } of sampled) days.set(dayOf(at), (days.get(dayOf(at)) ?? 0) + 1);
  return Array.from(days, ([day, count]) => ({ day, stars: count, burst: bursts.has(day) }));
}

function contributors(answers: Answers): EvidenceCharts['contributors'] {
  const answer = answers.contributors;
  if (!answer.ok) return [];
  const sorted = [...answer.value].sort((a, b) => b.commits - a.commits);
  const all = sorted.reduce((sum, contributor) => sum + contributor.commits, 0);
  if (all === 0) return [];
  const rest = sorted.slice(namedContributors);
  const named = sorted.slice(0, namedContributors).map((contributor) => ({
    name: clean(contributor.login ?? 'without an account', 60),
    commits: contributor.commits,
    share: contributor.commits / all,
  }));
  if (rest.length === 0) return named;
  const commits = rest.reduce((sum, contributor) => sum + contributor.commits, 0);
  return [...named, { name: `${rest.length} others`, commits, share: commits / all }];
}
