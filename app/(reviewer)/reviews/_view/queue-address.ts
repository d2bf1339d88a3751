import type { QueueQuery } from '../../../../lib/reviews/index.ts';

/** The query as the address has it: only what differs from the defaults. */
export function queryText(query: QueueQuery): string {
  const parts = new URLSearchParams();
  if (query.state !== 'open') parts.set('state', query.state);
  for (const name of ['program', 'kind', 'due', 'whose', 'cursor'] as const) {
    const value = query[name];
    if (value !== null) parts.set(name, value);
  }
  if (query.q !== '') parts.set('q', query.q);
  return parts.toString();
}

export function addressOf(query: QueueQuery): string {
  const text = queryText(query);
  return text === '' ? '/reviews' : `/reviews?${text}`;
}
