import { formatCount } from '#core/text/typed/index.ts';
import { timeOf } from './answers.ts';
import type { Answers } from './answers.ts';
import { asks, daysBetween, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';

const frames = {
  stars: {
    id: 'stars',
    group: 'popularity',
    title: 'Stars',
    gaming: 'high',
    source: [...asks('stars-first'), ', the first and the last 100'],
    explanation:
      'Stars are bought and sold. Bursts also come from an article or a talk: ask what happened that day before thinking anything.',
  },
  accounts: {
    id: 'star-accounts',
    group: 'popularity',
    title: 'Accounts that gave stars',
    gaming: 'high',
    source: [...asks('star-accounts'), ' of a sample of them'],
    explanation:
      'How many of the sampled accounts were younger than 30 days when they gave the star, or have neither followers nor repositories. Many people look like that.',
  },
} as const satisfies Record<string, SignalFrame>;

const hourMilliseconds = 3600 * 1000;
const burstStarsMin = 10;
const burstDeviations = 6;
const youngDays = 30;

export interface Star {
  readonly at: number;
  readonly accountId: string | null;
}

/** The sampled stars, each once, the oldest first. */
export function sampledStars(answers: Answers): readonly Star[] | null {
  const parts = [answers['stars-first'], answers['stars-last']];
  if (parts.every((part) => !part.ok)) return null;
  const known = new Map<string, Star>();
  for (const part of parts) {
    if (!part.ok) continue;
    for (const star of part.value) {
      const at = timeOf(star.at);
      if (at !== null) known.set(`${at} ${star.accountId ?? ''}`, { at, accountId: star.accountId });
    }
  }
  return [...known.values()].sort((a, b) => a.at - b.at);
}

/**
 * Hours in which far more stars came than in the sampled hours on average: over six standard deviations, and at least
 * ten. → start of the hour in ms → stars.
 */
export function burstHours(stars: readonly Star[]): ReadonlyMap<number, number> {
  const hours = new Map<number, number>();
  for (const { at } of stars) {
    const hour = Math.floor(at / hourMilliseconds) * hourMilliseconds;
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  const first = stars[0]?.at ?? 0;
  const last = stars.at(-1)?.at ?? 0;
  // Hours without a star belong to the average, too.
  const all = Math.max(hours.size, Math.floor((last - first) / hourMilliseconds) + 1);
  const mean = stars.length / all;
  let squares = mean * mean * (all - hours.size);
  for (const count of hours.values()) squares += (count - mean) ** 2;
  const deviation = Math.sqrt(squares / all);
  // One single hour that holds everything has no deviation to stand out of: it is a burst by itself.
  const isBurst = (count: number): boolean =>
    all === 1 || count - mean > burstDeviations * deviation || count > stars.length / 3;
  return new Map([...hours].filter(([, count]) => count >= burstStarsMin && isBurst(count)));
}

export function starSignals(answers: Answers): readonly Signal[] {
  const repository = answers.repository;
  const stars = sampledStars(answers);
  return [starCount(repository.ok ? repository.value.stars : null, stars), starAccounts(answers, stars)];
}

function starCount(count: number | null, stars: readonly Star[] | null): Signal {
  if (count === null) return unverified(frames.stars, 'the host gives no number');
  if (stars === null)
    return verified(frames.stars, `${formatCount(count)}; when they came isn’t known`, 'neutral');
  const bursts = [...burstHours(stars)];
  const sample = stars.length < count ? `${formatCount(stars.length)} of them checked` : 'all checked';
  const words = bursts.map(
    ([hour, number]) => `${number} within an hour, ${new Date(hour).toISOString().slice(0, 13)}h UTC`,
  );
  return verified(
    frames.stars,
    `${formatCount(count)} (${sample})${bursts.length === 0 ? '' : `; ${bursts.length} burst${bursts.length === 1 ? '' : 's'}`}`,
    bursts.length === 0 ? 'neutral' : 'look',
    words,
  );
}

function starAccounts(answers: Answers, stars: readonly Star[] | null): Signal {
  const accounts = answers['star-accounts'];
  if (!accounts.ok) return unverified(frames.accounts, accounts.reason);
  const starred = new Map((stars ?? []).map((star) => [star.accountId, star.at]));
  const all = accounts.value.length;
  if (all === 0) return verified(frames.accounts, 'none to check', 'neutral');
  const young = accounts.value.filter((account) => {
    const [made, at] = [timeOf(account.createdAt), starred.get(account.id)];
    return made !== null && at !== undefined && daysBetween(made, at) < youngDays;
  }).length;
  const bare = accounts.value.filter(
    (account) => account.followers === 0 && account.repositories === 0,
  ).length;
  return verified(
    frames.accounts,
    `of ${all}: ${young} were new then, ${bare} have neither followers nor repositories`,
    Math.max(young, bare) > all / 3 ? 'look' : 'neutral',
  );
}
