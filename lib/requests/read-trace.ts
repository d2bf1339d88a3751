/** The trace of one pass over a request, and which others there are: each costs the same however often a request was walked. */
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';
import { findPasses } from './find-passes.ts';
import type { PassLine, PassPlace } from './find-passes.ts';
import { readEntries, shownMax } from './journal-rows.ts';
import { countNotes } from './read-notes.ts';
import type { RequestStatus } from './status.ts';
import { signingKinds } from './trace-entry.ts';
import { buildTrace } from './trace.ts';
import type { TracePass } from './trace.ts';

export interface Trace {
  readonly pass: TracePass;
  /** Whether it is the newest. */
  readonly newest: boolean;
  /** The passes before it, newest first, as many as a page lists. */
  readonly earlier: readonly PassLine[];
  /** Where that list goes on. null: it doesn't. */
  readonly more: number | null;
  /** Files that were signed or were about to be, and how many of their entries `pass` has. */
  readonly signing: { readonly entries: number; readonly shown: number };
  /** Journal entries that could not be read; shown, never hidden. */
  readonly unreadable: readonly bigint[];
}

const earlierMax = 20;

/** `pass`: which one, null: the newest. → null where there is no such pass. */
export async function readTrace(
  db: Database,
  input: {
    readonly requestId: RequestId;
    readonly submittedAt: Date;
    readonly status: RequestStatus;
    readonly pass: number | null;
  },
): Promise<Trace | null> {
  const { requestId, submittedAt, status, pass } = input;
  const places = await findPasses(db, { requestId, upTo: pass, limit: earlierMax + 2 });
  const [place, ...before] = places;
  if (pass !== null && place?.number !== pass) return null;
  const [entries, signing] =
    place === undefined
      ? [[], 0]
      : await Promise.all([
          readEntries(db, requestId, place),
          countNotes(db, requestId, place, signingKinds),
        ]);
  const { passes, unreadable } = buildTrace({ submittedAt, status, entries });
  const found = passes.find((tracePass) => tracePass.number === place?.number) ?? passes[0];
  if (found === undefined) return null;
  const earlier = before.slice(0, earlierMax).map(lineOf);
  return {
    pass: found,
    newest: place === undefined || place.next === null,
    earlier,
    more: before.length > earlierMax ? (earlier.at(-1)?.number ?? null) : null,
    signing: { entries: signing, shown: Math.min(signing, shownMax) },
    unreadable,
  };
}

const lineOf = ({ number, startedAt, outcome }: PassPlace): PassLine => ({ number, startedAt, outcome });
