import { formatCount } from '#core/text/typed/index.ts';
import { timeOf } from './answers.ts';
import type { Answers } from './answers.ts';
import { asks, dayOf, daysBetween, medianOf, span, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';

const frames = {
  commits: {
    id: 'commits-year',
    group: 'activity',
    title: 'Commits in a year',
    gaming: 'high',
    source: asks('activity'),
    explanation:
      'Commits on the default branch in the last 52 weeks, and in how many weeks there were any. Commits are free to make.',
  },
  releases: {
    id: 'releases',
    group: 'activity',
    title: 'Releases',
    gaming: 'medium',
    source: asks('releases'),
    explanation:
      'Published releases and the time between them; drafts and pre-releases don’t count. Dates of releases are the host’s.',
  },
  issues: {
    id: 'issues',
    group: 'activity',
    title: 'Issues',
    gaming: 'medium',
    source: asks('issues'),
    explanation: 'How long it took to close the last ones. Bots that close stale issues make it look quick.',
  },
  contributors: {
    id: 'contributors',
    group: 'people',
    title: 'Contributors',
    gaming: 'medium',
    source: asks('contributors'),
    explanation:
      'How many accounts (on GitLab: names) have commits, and how much of it is one person’s. One person alone is common and no fault; it means that one account decides.',
  },
  downloads: {
    id: 'downloads',
    group: 'popularity',
    title: 'Downloads',
    gaming: 'high',
    source: asks('releases'),
    explanation: 'Downloads of release files, counted by the host. Scripts and mirrors count as people do.',
  },
  signed: {
    id: 'signed-releases',
    group: 'practices',
    title: 'Signed releases',
    gaming: 'low',
    source: asks('releases'),
    explanation:
      'Whether release files have signatures or attestations beside them. That they verify isn’t checked here.',
  },
} as const satisfies Record<string, SignalFrame>;

const signatureFile = /\.(?:sig|asc|sigstore|sigstore\.json|intoto\.jsonl|minisig|pem|cosign\.bundle)$/i;

export function activitySignals(answers: Answers, now: number): readonly Signal[] {
  return [commits(answers), ...releases(answers, now), issues(answers), contributors(answers)];
}

function commits(answers: Answers): Signal {
  const activity = answers.activity;
  if (!activity.ok) return unverified(frames.commits, activity.reason);
  const all = activity.value.reduce((sum, week) => sum + week.commits, 0);
  const busy = activity.value.filter((week) => week.commits > 0).length;
  return verified(
    frames.commits,
    `${formatCount(all)}, in ${busy} of ${activity.value.length} weeks`,
    busy < 4 ? 'look' : 'neutral',
  );
}

function releases(answers: Answers, now: number): readonly Signal[] {
  const answer = answers.releases;
  if (!answer.ok) {
    return [frames.releases, frames.downloads, frames.signed].map((frame) =>
      unverified(frame, answer.reason),
    );
  }
  const published = answer.value.filter((release) => !release.draft && !release.prerelease);
  const times = published.flatMap((release) => timeOf(release.publishedAt) ?? []).sort((a, b) => b - a);
  const [last] = times;
  const gaps = times.slice(1).map((time, index) => daysBetween(time, times[index] ?? time));
  const gap = medianOf(gaps);
  const counted = published.flatMap((release) => release.assets).map((asset) => asset.downloads);
  const downloads = counted.every((count) => count !== null)
    ? counted.reduce((sum, count) => sum + count, 0)
    : null;
  const recent = published.slice(0, 10);
  const signed = recent.filter((release) => release.assets.some((asset) => signatureFile.test(asset.name)));
  return [
    last === undefined
      ? verified(frames.releases, 'none published', 'look')
      : verified(
          frames.releases,
          `${formatCount(times.length)}, the last on ${dayOf(last)}${gap === null ? '' : `; half of them within ${span(gap)} of the one before`}`,
          daysBetween(last, now) > 365 ? 'look' : times.length >= 5 ? 'good' : 'neutral',
        ),
    downloads === null
      ? unverified(frames.downloads, 'the host doesn’t count them')
      : verified(frames.downloads, `${formatCount(downloads)} of release files`, 'neutral'),
    recent.length === 0
      ? verified(frames.signed, 'there are no releases', 'neutral')
      : verified(
          frames.signed,
          `${signed.length} of the last ${recent.length}`,
          signed.length === recent.length ? 'good' : 'neutral',
          signed.map((release) => release.tag),
        ),
  ];
}

function issues(answers: Answers): Signal {
  const answer = answers.issues;
  if (!answer.ok) return unverified(frames.issues, answer.reason);
  const days = answer.value.flatMap((issue) => {
    const [opened, closed] = [timeOf(issue.openedAt), timeOf(issue.closedAt)];
    return opened === null || closed === null ? [] : [daysBetween(opened, closed)];
  });
  const median = medianOf(days);
  if (median === null) return verified(frames.issues, 'none closed', 'neutral');
  return verified(frames.issues, `half of the last ${days.length} closed within ${span(median)}`, 'neutral');
}

function contributors(answers: Answers): Signal {
  const answer = answers.contributors;
  if (!answer.ok) return unverified(frames.contributors, answer.reason);
  const counts = answer.value.map((contributor) => contributor.commits).sort((a, b) => b - a);
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return verified(frames.contributors, 'none known', 'look');
  const share = Math.round(((counts[0] ?? 0) / all) * 100);
  let [most, sum] = [0, 0];
  while (most < counts.length && sum < all * 0.8) {
    sum += counts[most] ?? 0;
    most += 1;
  }
  return verified(
    frames.contributors,
    `${formatCount(counts.length)}${counts.length >= 100 ? ' or more' : ''}; the most active made ${share} % of the commits${most === 1 ? '' : `, the ${most} most active together 80 % or more`}`,
    counts.length === 1 ? 'look' : counts.length >= 10 && share < 80 ? 'good' : 'neutral',
  );
}
