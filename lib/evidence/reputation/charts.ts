/** The same answers as pictures: what people would rather look at than read. Each has a table with the same numbers. */
import { read, schemas, timeOf } from './answers.ts';
import type { RawAnswers } from './answers.ts';
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

export function chartsOf(answers: RawAnswers): EvidenceCharts {
  const repository = read(answers, 'repository', schemas.repository);
  return {
    activity: activity(answers),
    releases: releases(answers),
    stars: stars(answers),
    starsAll: repository.ok ? repository.value.stargazers_count : null,
    contributors: contributors(answers),
  };
}

function activity(answers: RawAnswers): EvidenceCharts['activity'] {
  const answer = read(answers, 'activity', schemas.activity);
  if (!answer.ok) return [];
  return answer.value.flatMap(({ week, total }) => {
    const at = timeOf(isoOf(week * 1000));
    return at === null ? [] : [{ week: dayOf(at), commits: total }];
  });
}

const isoOf = (milliseconds: number): string | null =>
  Math.abs(milliseconds) < 8e15 ? new Date(milliseconds).toISOString() : null;

function releases(answers: RawAnswers): EvidenceCharts['releases'] {
  const answer = read(answers, 'releases', schemas.releases);
  if (!answer.ok) return [];
  return answer.value
    .flatMap((one) => {
      const at = one.draft || one.prerelease ? null : timeOf(one.published_at);
      if (at === null) return [];
      const downloads = one.assets.reduce((sum, asset) => sum + asset.download_count, 0);
      return [{ day: dayOf(at), tag: clean(one.tag_name, 60), downloads }];
    })
    .sort((a, b) => a.day.localeCompare(b.day));
}

function stars(answers: RawAnswers): EvidenceCharts['stars'] {
  const sampled = sampledStars(answers) ?? [];
  const bursts = new Set([...burstHours(sampled).keys()].map(dayOf));
  const days = new Map<string, number>();
  for (const { at } of sampled) days.set(dayOf(at), (days.get(dayOf(at)) ?? 0) + 1);
  return Array.from(days, ([day, count]) => ({ day, stars: count, burst: bursts.has(day) }));
}

function contributors(answers: RawAnswers): EvidenceCharts['contributors'] {
  const answer = read(answers, 'contributors', schemas.contributors);
  if (!answer.ok) return [];
  const sorted = [...answer.value].sort((a, b) => b.contributions - a.contributions);
  const all = sorted.reduce((sum, one) => sum + one.contributions, 0);
  if (all === 0) return [];
  const rest = sorted.slice(namedContributors);
  const named = sorted.slice(0, namedContributors).map((one) => ({
    name: clean(one.login ?? 'without an account', 60),
    commits: one.contributions,
    share: one.contributions / all,
  }));
  if (rest.length === 0) return named;
  const commits = rest.reduce((sum, one) => sum + one.contributions, 0);
  return [...named, { name: `${rest.length} others`, commits, share: commits / all }];
}
