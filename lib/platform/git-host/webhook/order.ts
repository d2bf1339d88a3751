/**
 * GitHub delivers events at least once, late and in any order. This keeper says of each whether it tells something new.
 * Pure: state and delivery in, next state and verdict out; the state is plain JSON, to be kept in one row.
 *
 * An event is only ever a reason to look: what holds is asked of the host again. So the keeper errs on the side of
 * "fresh"; what it must never do is let an old event undo what a newer one told.
 */
import type { GitHostEvent } from './events.ts';
import type { Delivery } from './verify.ts';

/** What is known of one pull request, ref, review or check run. */
interface Subject {
  /** ISO time of the newest event. */
  readonly at: string;
  /** Where it stood after it: a commit, or '' for a deleted ref. */
  readonly head: string;
  /** Heads that were replaced, newest last. */
  readonly replaced: readonly string[];
  /** A closed chapter: a dismissed review, a completed check run. */
  readonly final: boolean;
}

export interface DeliveryState {
  /** Ids of the last deliveries, oldest first. */
  readonly seen: readonly string[];
  readonly subjects: Readonly<Record<string, Subject>>;
}

export type Verdict =
  /** Tells something new. */
  | 'fresh'
  /** Delivered before. */
  | 'duplicate'
  /** Older than what is known. */
  | 'stale'
  /** Nothing here hangs on it. */
  | 'ignored';

export const noDeliveries: DeliveryState = { seen: [], subjects: {} };

const seenMax = 1000;
const subjectsMax = 2000;
const replacedMax = 32;

export function orderDelivery(
  state: DeliveryState,
  delivery: Delivery,
): { readonly state: DeliveryState; readonly verdict: Verdict } {
  if (state.seen.includes(delivery.id)) return { state, verdict: 'duplicate' };
  const seen = [...state.seen, delivery.id].slice(-seenMax);
  if (delivery.event === null) return { state: { ...state, seen }, verdict: 'ignored' };
  const news = toNews(delivery.event);
  const known = Object.hasOwn(state.subjects, news.key) ? state.subjects[news.key] : undefined;
  const relation = known === undefined ? 'newer' : relate(known, news);
  if (relation === 'older') return { state: { ...state, seen }, verdict: 'stale' };
  const subjects = relation === 'newer' ? withNews(state.subjects, known, news) : state.subjects;
  return { state: { seen, subjects }, verdict: 'fresh' };
}

interface News {
  readonly key: string;
  readonly at: string;
  readonly head: string;
  /** Where it stood before, if the event says. */
  readonly before: string | null;
  readonly final: boolean;
}

function toNews(event: GitHostEvent): News {
  const key = (subject: string): string => `${event.repositoryId}/${subject}`;
  switch (event.type) {
    case 'pull_request':
      return {
        key: key(`pull/${event.number}`),
        at: event.updatedAt,
        head: event.head,
        before: event.headBefore,
        final: false,
      };
    case 'push':
      return {
        key: key(event.ref),
        at: event.pushedAt,
        head: event.after ?? '',
        before: event.before ?? '',
        final: false,
      };
    case 'pull_request_review':
      return {
        key: key(`review/${event.reviewId}`),
        at: event.submittedAt,
        head: event.commit,
        before: null,
        final: event.action === 'dismissed',
      };
    case 'check_run':
      return {
        key: key(`check/${event.checkRunId}`),
        at: event.at,
        head: event.commit,
        before: null,
        final: event.conclusion !== null,
      };
  }
}

/** Times have whole seconds; within one, the chain of heads tells what came first, where it does. */
function relate(known: Subject, news: News): 'newer' | 'older' | 'unclear' {
  if (news.at !== known.at) return news.at < known.at ? 'older' : 'newer';
  if (news.head === known.head) return known.final && !news.final ? 'older' : 'newer';
  // It goes on from where we are: even back to an old head, it is news.
  if (news.before === known.head) return 'newer';
  return known.replaced.includes(news.head) ? 'older' : 'unclear';
}

function withNews(
  subjects: DeliveryState['subjects'],
  known: Subject | undefined,
  news: News,
): DeliveryState['subjects'] {
  const heads = [...(known?.replaced ?? []), ...(known === undefined ? [] : [known.head]), news.before ?? ''];
  const replaced = [...new Set(heads)]
    .filter((head) => head !== '' && head !== news.head)
    .slice(-replacedMax);
  const next: Subject = { at: news.at, head: news.head, replaced, final: news.final };
  // What was heard of last stays; JSON keeps the order of such keys.
  const { [news.key]: _old, ...others } = subjects;
  return Object.fromEntries([...Object.entries(others), [news.key, next] as const].slice(-subjectsMax));
}
