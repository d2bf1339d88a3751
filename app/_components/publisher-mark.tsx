import type { Publisher } from '../../lib/certificates/standing/index.ts';

/** Whose name a certificate carries, in the same words wherever one is shown. */
export const publisherWords: Readonly<Record<Publisher, string>> = {
  foundation: 'The foundation',
  project: 'The project’s own certificate',
};

/** Nothing for the foundation's: only exceptions are marked. */
export function PublisherMark({ publisher }: { readonly publisher: Publisher | null }) {
  if (publisher !== 'project') return null;
  return <span className="badge bg-idle-soft text-muted">{publisherWords.project}</span>;
}
