/**
 * The only parser of journal entries. Another program wrote them, perhaps years ago, perhaps a newer one: parsed, not
 * trusted.
 */
import type { z } from 'zod';
import {
  isJournalKind,
  journalEvents,
  type JournalBody,
  type JournalEvent,
  type JournalKind,
} from './events.ts';

/** An entry that can't be read here. Decisions based on entries must not ignore it. */
export interface Unreadable {
  readonly readable: false;
  /**
   * kind: unknown kind. json: the body isn't a JSON object. version: a later version wrote it. body: a member is missing or
   * isn't what it should be. repeated: it repeats an entry that isn't what it says.
   */
  readonly why: 'kind' | 'json' | 'version' | 'body' | 'repeated';
  /** The problem, for operators: the first one with its place. */
  readonly problem: string;
}

export interface ReadBody<Body> {
  readonly readable: true;
  readonly body: Body;
  /** The body's members as written, under their names at the time: for display. */
  readonly written: Readonly<Record<string, unknown>>;
}

export interface ReadEvent {
  readonly readable: true;
  readonly event: JournalEvent;
  readonly written: Readonly<Record<string, unknown>>;
}

/** An entry's kind and body → the event, in today's form. Never throws. */
export function readEvent(entry: { readonly kind: string; readonly body: string }): ReadEvent | Unreadable {
  const { kind, body: text } = entry;
  if (!isJournalKind(kind))
    return unreadable('kind', `no event is called ${JSON.stringify(kind.slice(0, 60))}`);
  const read = readBody(kind, text);
  if (!read.readable) return read;
  // Kind and body were read by one record.
  return { readable: true, event: { kind, body: read.body } as JournalEvent, written: read.written };
}

/** The same for one kind alone. */
export function readBody<Kind extends JournalKind>(
  kind: Kind,
  text: string,
): ReadBody<JournalBody<Kind>> | Unreadable {
  const written = membersOf(text);
  if (written === null) return unreadable('json', 'the body is no JSON object');
  const { version: known, body: schema } = journalEvents[kind];
  const { version = 1 } = written;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > known)
    return unreadable(
      'version',
      `version ${JSON.stringify(version).slice(0, 20)}; this program reads up to ${known}`,
    );
  const parsed = schema.safeParse(written);
  if (parsed.success) return { readable: true, body: parsed.data as JournalBody<Kind>, written };
  return unreadable('body', firstProblem(parsed.error));
}

export const unreadable = (why: Unreadable['why'], problem: string): Unreadable => ({
  readable: false,
  why,
  problem,
});

/** A list of thousands may be wrong throughout: the first problem suffices. */
function firstProblem(error: z.ZodError): string {
  const first = firstIssue(error.issues);
  const place = (first?.path ?? []).map(String).join('.');
  return `${place === '' ? 'the body' : place}: ${first?.message ?? 'not as it should be'}`.slice(0, 300);
}

/** Of a body that may have several forms, that of the form which it comes closest to. */
function firstIssue(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const [first] = issues;
  if (first?.code !== 'invalid_union') return first;
  const [closest] = first.errors.toSorted((one, other) => one.length - other.length);
  return closest?.[0] ?? first;
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
