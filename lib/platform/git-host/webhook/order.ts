/**
 * GitHub delivers events at least once, late and in any order. This module decides for each whether it is new.
 * Pure: state and delivery in, next state and verdict out; the state is plain JSON, to be kept in one row.
 *
 * An event is only a reason to check: the current state is always read from the host. So in doubt an event is "fresh"; what
 * must never happen is that an old event undoes a newer one.
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
  /** Final: a dismissed review, a completed check run. */
  readonly final: boolean;
}

export interface DeliveryState {
  /** Ids of the last deliveries, oldest first. */
  readonly seen: readonly string[];
  readonly subjects: Readonly<Record<string, Subject>>;
}

export type Verdict =
  /** It is new. */
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
  const update = toUpdate(delivery.event);
  const known = Object.hasOwn(state.subjects, update.key) ? state.subjects[update.key] : undefined;
  const relation = known === undefined ? 'newer' : relate(known, update);
  if (relation === 'older') return { state: { ...state, seen }, verdict: 'stale' };
  const subjects = relation === 'newer' ? withNews(state.subjects, known, update) : state.subjects;
  return { state: { seen, subjects }, verdict: 'fresh' };
}

interface EventUpdate {
  readonly key: string;
  readonly at: string;
  readonly head: string;
  /** Where it stood before, if the event says. */
  readonly before: string | null;
  readonly final: boolean;
}

function toUpdate(event: GitHostEvent): EventUpdate {
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

/** Times have whole seconds; within one, the chain of heads shows what came first, if anything does. */
function relate(known: Subject, update: EventUpdate): 'newer' | 'older' | 'unclear' {
  if (update.at !== known.at) return update.at < known.at ? 'older' : 'newer';
  if (update.head === known.head) return known.final && !update.final ? 'older' : 'newer';
  // It continues from the current state: it is new even if it goes back to an old head.
  if (update.before === known.head) return 'newer';
  return known.replaced.includes(update.head) ? 'older' : 'unclear';
}

function withNews(
  subjects: DeliveryState['subjects'],
  known: Subject | undefined,
  update: EventUpdate,
): DeliveryState['subjects'] {
  const heads = [
    ...(known?.replaced ?? []),
    ...(known === undefined ? [] : [known.head]),
    update.before ?? '',
  ];
  const replaced = [...new Set(heads)]
    .filter((head) => head !== '' && head !== update.head)
    .slice(-replacedMax);
  const next: Subject = { at: update.at, head: update.head, replaced, final: update.final };
  // The most recent ones are kept; JSON preserves the order of such keys.
  const { [update.key]: _old, ...others } = subjects;
  return Object.fromEntries([...Object.entries(others), [update.key, next] as const].slice(-subjectsMax));
}
