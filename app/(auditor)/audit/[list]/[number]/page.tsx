import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { readEvent, readJournalEntry, readReviewDecision } from '../../../../../lib/audit-records/index.ts';
import type { RecordList } from '../../../../../lib/audit-records/index.ts';
import type { Context } from '../../../../../lib/platform/portal/index.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { AuditorsOnly, auditorContext } from '../../auditors-only.tsx';
import { isList, listWords } from '../../list-words.ts';
import { EventFacts, JournalEntryFacts, ReviewDecisionFacts } from './entry-facts.tsx';

export const metadata: Metadata = { title: 'Audit entry' };

export default async function EntryPage(props: {
  readonly params: Promise<{ readonly list: string; readonly number: string }>;
}) {
  const { list, number } = await props.params;
  if (!isList(list) || !/^[1-9][0-9]{0,17}$/.test(number)) notFound();
  const ctx = await auditorContext(`/audit/${list}/${number}`);
  if (ctx === null) return <AuditorsOnly />;
  const entry = await entryOf(ctx, list, BigInt(number));
  if (entry === null) notFound();
  return (
    <div className="page *:max-w-4xl">
      <PageTitle
        title={`${entry.title} ${number}`}
        up={{ href: `/audit/${list}`, name: listWords[list].title }}
      />
      {entry.facts}
    </div>
  );
}

async function entryOf(ctx: Context, list: RecordList, number: bigint) {
  const call = { ctx, input: { number } };
  switch (list) {
    case 'events': {
      const entry = await readEvent(call);
      return entry === null ? null : { title: 'Event', facts: <EventFacts event={entry} /> };
    }
    case 'journal': {
      const entry = await readJournalEntry(call);
      return entry === null ? null : { title: 'Journal entry', facts: <JournalEntryFacts entry={entry} /> };
    }
    case 'decisions': {
      const entry = await readReviewDecision(call);
      return entry === null
        ? null
        : { title: 'Review decision', facts: <ReviewDecisionFacts decision={entry} /> };
    }
    case 'policies':
      // Each commit has a page of its own, for everybody.
      return null;
  }
}
