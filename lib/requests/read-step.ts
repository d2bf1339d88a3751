/** One step of one pass, in pages: its findings, failures first, then what else the signer wrote. */
import type { Finding } from '#core/wire/finding/index.ts';
import { readFinding } from '#core/wire/journal/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readCancellation, type Cancellation } from './cancel.ts';
import { RequestsError } from './error.ts';
import { findPasses } from './find-passes.ts';
import type { PassPlace } from './find-passes.ts';
import { readEntries, readFindings } from './journal-rows.ts';
import type { FindingPlace } from './journal-rows.ts';
import { readPathText } from './path-text.ts';
import { readNotes } from './read-notes.ts';
import { isFinal, requestStatusSchema } from './status.ts';
import type { RequestStatus, RequestStep } from './status.ts';
import { noteKindsOf, parseEntry } from './trace-entry.ts';
import { buildTrace } from './trace.ts';
import type { TraceNote, TraceStep } from './trace.ts';

export interface StepPage {
  readonly project: string;
  readonly artifactName: string;
  readonly policyCommit: string | null;
  /** null: nobody cancelled the request. */
  readonly cancellation: Cancellation | null;
  readonly pass: number;
  /** As the overview has it: state, counts, times. */
  readonly step: TraceStep;
  readonly findings: readonly Finding[];
  readonly notes: readonly TraceNote[];
  /** Findings and entries of this page that could not be read, by their place or number. */
  readonly unreadable: readonly string[];
  /** Whether something may still be added. */
  readonly final: boolean;
  /** Cursor of the next page, or null on the last one. One that a long search broke off for may hold nothing. */
  readonly next: string | null;
}

export const stepPageMax = 100;

/** null: no such request, or no such pass. `file`: only of paths that hold this text. Public. */
export async function readStep(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: {
    readonly id: RequestId;
    readonly pass: number;
    readonly step: RequestStep;
    readonly after?: string | undefined;
    readonly file?: string | undefined;
    readonly limit?: number | undefined;
  };
}): Promise<StepPage | null> {
  const { db } = call.ctx;
  const { id, pass, step, file: given } = call.input;
  const limit = Math.min(Math.max(call.input.limit ?? 50, 1), stepPageMax);
  const file = readPathText(given);
  const after = parseStepCursor(call.input.after);
  const [request, state, [place], cancellation] = await Promise.all([
    db.signingRequest.findUnique({ where: { id } }),
    db.requestState.findUnique({ where: { requestId: id } }),
    findPasses(db, { requestId: id, upTo: pass, limit: 1 }),
    readCancellation(call.ctx, id),
  ]);
  if (request === null || place?.number !== pass) return null;
  const status: RequestStatus = state === null ? 'received' : requestStatusSchema.parse(state.status);
  const entries = await readEntries(db, id, place);
  const { passes } = buildTrace({ submittedAt: request.submittedAt, status, entries });
  const found = passes
    .find((tracePass) => tracePass.number === pass)
    ?.steps.find((traceStep) => traceStep.step === step);
  if (found === undefined) return null;
  const known = entries.filter((row) => {
    const event = parseEntry(row);
    return event?.kind === 'step.finished' && event.step === step;
  });
  const listing = new Set(known.map((row) => row.seq));
  const page = await readPage(db, { id, place, step, entry: found.entry, listing, after, file, limit });
  return {
    project: request.projectSlug,
    artifactName: request.artifactName,
    policyCommit: state?.policyCommit ?? null,
    cancellation,
    pass,
    step: found,
    ...page,
    final: isFinal(status),
  };
}

async function readPage(
  db: Context['db'],
  input: {
    readonly id: RequestId;
    readonly place: PassPlace;
    readonly step: RequestStep;
    readonly entry: bigint | null;
    /** Entries of this step in this pass: an address may name no other. */
    readonly listing: ReadonlySet<bigint>;
    readonly after: Cursor;
    readonly file: string | null;
    readonly limit: number;
  },
): Promise<Pick<StepPage, 'findings' | 'notes' | 'unreadable' | 'next'>> {
  const { id, place, step, listing, after, file, limit } = input;
  const unreadable: string[] = [];
  const findings: Finding[] = [];
  // A resumed step has another entry by now; a reader who began with the first one stays with it.
  const seq = after.kind === 'finding' ? after.place.seq : input.entry;
  if (after.kind !== 'note' && seq !== null && listing.has(seq)) {
    const from = after.kind === 'finding' ? after.place : null;
    const { rows, more } = await readFindings(db, { seq, after: from, file, limit });
    for (const row of rows) {
      const finding = readFinding(row.finding);
      if (finding !== null) findings.push(finding);
      else unreadable.push(`finding ${row.place} of entry ${seq}`);
    }
    const last = rows.at(-1);
    if (more && last !== undefined)
      return { findings, notes: [], unreadable, next: formatFindingPlace({ seq, ...last }) };
  }
  const left = limit - findings.length;
  const afterSeq = after.kind === 'note' ? after.seq : -1n;
  const kinds = noteKindsOf(step);
  const { rows, unsearched } = await readNotes(db, {
    requestId: id,
    pass: place,
    kinds,
    after: afterSeq,
    file,
    limit: left + 1,
  });
  const notes: TraceNote[] = [];
  for (const row of rows.slice(0, left)) {
    const event = parseEntry(row);
    if (event?.kind !== 'note') unreadable.push(`entry ${row.seq}`);
    else if (event.step === step && event.facts.length > 0)
      notes.push({ seq: row.seq, at: row.at, kind: row.kind, facts: event.facts, asked: event.asked });
  }
  const searched = unsearched === null ? null : unsearched - 1n;
  const last = rows.length > left ? (rows[left - 1]?.seq ?? afterSeq) : searched;
  return { findings, notes, unreadable, next: last === null ? null : `n.${last}` };
}

type Cursor =
  | { readonly kind: 'start' }
  | { readonly kind: 'finding'; readonly place: FindingPlace }
  | { readonly kind: 'note'; readonly seq: bigint };

const formatFindingPlace = ({ seq, failed, place }: FindingPlace): string =>
  `f.${seq}.${failed ? '0' : '1'}.${place}`;

/** Rejects whatever wasn't given out as `next`. */
function parseStepCursor(text: string | undefined): Cursor {
  if (text === undefined || text === '') return { kind: 'start' };
  const finding = /^f\.(\d{1,18})\.([01])\.(\d{1,9})$/.exec(text);
  if (finding !== null) {
    const [, seq = '0', rank, place = '0'] = finding;
    return { kind: 'finding', place: { seq: BigInt(seq), failed: rank === '0', place: Number(place) } };
  }
  const note = /^n\.(-1|\d{1,18})$/.exec(text);
  if (note !== null) return { kind: 'note', seq: BigInt(note[1] ?? '0') };
  throw new RequestsError({
    code: 'CURSOR_INVALID',
    message: 'The cursor is not one that this portal gave out.',
    fix: 'Start again from the first page, without a cursor.',
  });
}
