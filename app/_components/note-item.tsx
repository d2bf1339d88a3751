import type { TraceNote } from '../../lib/requests/index.ts';
import { HostAnswers } from './host-answers.tsx';
import { Time } from './time.tsx';

/** What an entry is, where its step doesn’t say it. */
const meanings: Readonly<Record<string, string>> = {
  'host.asked':
    'The signer asked the code host itself. What it made of the answers, the findings of the step say.',
  'signature.recovered':
    'This signature was made, and a restored database had lost every trace of it. The keyholder’s own journal knows it; an operator confirmed that and had it written down again.',
};

/** What the signer wrote besides the findings, with the facts of the entry. */
export function NoteItem({ note }: { readonly note: TraceNote }) {
  const meaning = meanings[note.kind];
  return (
    <div className="rounded-lg border border-rule bg-surface p-4">
      {meaning === undefined ? null : <p className="mb-2">{meaning}</p>}
      <p className="text-sm text-muted">
        Journal entry {String(note.seq)}, <code>{note.kind}</code>, <Time value={note.at} />
      </p>
      {note.asked === null ? (
        <Facts note={note} />
      ) : (
        <>
          <HostAnswers look={note.asked} />
          <details className="mt-2">
            <summary className="min-h-6 rounded-md text-sm">
              <span className="link">Addresses, and all that was judged of each answer</span>
            </summary>
            <Facts note={note} />
          </details>
        </>
      )}
    </div>
  );
}

function Facts({ note }: { readonly note: TraceNote }) {
  return (
    <dl className="facts mt-2 text-sm!">
      {note.facts.map(([label, text]) => (
        <div key={label} className="contents">
          <dt>{label}</dt>
          <dd className="hash">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
