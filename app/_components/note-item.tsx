import type { TraceNote } from '../../lib/requests/index.ts';
import { Time } from './time.tsx';

/** What the signer wrote besides the findings, with the facts of the entry. */
export function NoteItem({ note }: { readonly note: TraceNote }) {
  return (
    <div className="rounded-lg border border-rule bg-surface p-4">
      <p className="text-sm text-muted">
        Journal entry {String(note.seq)}, <code>{note.kind}</code>, <Time value={note.at} />
      </p>
      <dl className="facts mt-2 text-sm!">
        {note.facts.map(([label, text]) => (
          <div key={label} className="contents">
            <dt>{label}</dt>
            <dd className="hash">{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
