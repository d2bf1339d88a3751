/**
 * Steps of a later pass that found what an earlier pass of the same request found, to the byte: their entries name that entry and the digest
 * of what was found, in place of repeating it (decision 0146). The digest is made of what the later pass found itself, so the entry says as
 * much as one that repeats it; where it stands is only where to read it.
 */
import { createHash } from 'node:crypto';
import { parseSha256Hex, type Sha256Hex } from '../../ids/index.ts';
import { canonicalJson, type JsonValue } from '../../json/index.ts';
import type { JournalEntry } from './chain.ts';
import type { JournalBody } from './events.ts';
import { readBody, unreadable, type ReadBody, type Unreadable } from './read-event.ts';
import { repeatedSchema, stepFinished, type Repeated } from './steps.ts';

type Told = Pick<JournalEntry, 'seq' | 'requestId' | 'kind' | 'body'>;

/** The end of a step with what it found. */
export type WholeStep = Exclude<JournalBody<'step.finished'>, { readonly same: Repeated }>;

/** Members that are of the pass, and not of what was found. */
const ofThePass: ReadonlySet<string> = new Set(['pass', 'durationMs', 'next', 'version', 'calls']);

/** Members of the end of a step, as written → SHA-256 of the canonical JSON of what was found. */
export function foundSha256(written: Readonly<Record<string, unknown>>): Sha256Hex {
  const found = Object.fromEntries(Object.entries(written).filter(([name]) => !ofThePass.has(name)));
  return parseSha256Hex(
    createHash('sha256')
      .update(canonicalJson(found as JsonValue), 'utf8')
      .digest('hex'),
  );
}

/** What an entry repeats; null: nothing, as most. 'unreadable': it names something that can't be looked for. */
export function repeatedBy(
  entry: Pick<Told, 'kind' | 'body'>,
): { readonly seq: bigint; readonly sha256: string } | 'unreadable' | null {
  // In a text of a body, quotes have a backslash before them.
  if (entry.kind !== stepFinished.kind || !entry.body.includes('"same":{')) return null;
  const written = membersOf(entry.body);
  if (written === null || !('same' in written)) return null;
  const read = repeatedSchema.safeParse(written['same']);
  return read.success ? { seq: BigInt(read.data.entry), sha256: read.data.sha256 } : 'unreadable';
}

/** Of an entry, what one that repeats it is held to. */
export interface RepeatedEnd {
  readonly seq: bigint;
  readonly requestId: string | null;
  /** null: it is no end of a step, or repeats another one itself. */
  readonly found: { readonly step: unknown; readonly outcome: unknown; readonly sha256: Sha256Hex } | null;
}

export function endOf({ seq, requestId, kind, body }: Told): RepeatedEnd {
  const written = kind === stepFinished.kind ? membersOf(body) : null;
  if (written === null || 'same' in written) return { seq, requestId, found: null };
  const { step, outcome } = written;
  return { seq, requestId, found: { step, outcome, sha256: foundSha256(written) } };
}

/** What is wrong with an entry that repeats `source`, in words; null: nothing. `source` null: there is no such entry. */
export function problemOfRepeated(entry: Told, source: RepeatedEnd | null): string | null {
  const same = repeatedBy(entry);
  if (same === null) return null;
  const says = `entry ${entry.seq} repeats`;
  if (same === 'unreadable') return `${says} an entry, and doesn’t say which`;
  const one = `${says} entry ${same.seq}`;
  if (same.seq >= entry.seq) return `${one}, which is not before it`;
  if (source?.seq !== same.seq) return `${one}, which is missing`;
  if (source.requestId !== entry.requestId) return `${one}, which is about another request`;
  const { found } = source;
  if (found === null) return `${one}, which doesn’t say itself what a step found`;
  if (found.sha256 !== same.sha256)
    return `${one}, which found something else: ${found.sha256}, not ${same.sha256}`;
  const own = membersOf(entry.body);
  return own?.['step'] === found.step && own?.['outcome'] === found.outcome
    ? null
    : `${one}, which is of another step or outcome`;
}

/** The end of a step, with what it found from the entry that it repeats. `find`: earlier entries of the request, by number. */
export function readWholeStep(
  entry: Told,
  find: (seq: bigint) => Told | null,
): ReadBody<WholeStep> | Unreadable {
  const read = readBody(stepFinished.kind, entry.body);
  if (!read.readable) return read;
  const { body } = read;
  if (!('same' in body)) return { ...read, body };
  const source = find(BigInt(body.same.entry));
  const problem = problemOfRepeated(entry, source === null ? null : endOf(source));
  if (source === null || problem !== null) return unreadable('repeated', problem ?? 'nothing is repeated');
  const { pass, durationMs, next } = body;
  const whole = readBody(stepFinished.kind, source.body);
  if (!whole.readable) return whole;
  if ('same' in whole.body) return unreadable('repeated', `entry ${source.seq} repeats another one`);
  return {
    readable: true,
    body: { ...whole.body, pass, durationMs, ...(next === undefined ? {} : { next }) },
    written: read.written,
  };
}

function membersOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
