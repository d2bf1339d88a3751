/** The one parser of what the journal holds. Another program wrote it, perhaps years ago, perhaps a newer one: parsed, not trusted. */
import type { z } from 'zod';
import {
  isJournalKind,
  journalEvents,
  type JournalBody,
  type JournalEvent,
  type JournalKind,
} from './events.ts';

/** An entry that says something nobody here can read. Who decides by entries must not pass it over. */
export interface Unreadable {
  readonly readable: false;
  /**
   * kind: it is of no known kind. json: its body is no JSON object. version: a later version wrote it. body: a member is missing or
   * isn't what it should be.
   */
  readonly why: 'kind' | 'json' | 'version' | 'body';
  /** What is wrong, for operators: the first problem with its place. */
  readonly problem: string;
}

export interface ReadBody<Body> {
  readonly readable: true;
  readonly body: Body;
  /** The body's members as they were written, whatever they were called then: for who shows them. */
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

/** The same for who asks for one kind alone. */
export function readBody<Kind extends JournalKind>(
  kind: Kind,
  text: string,
): ReadBody<JournalBody<Kind>> | Unreadable {
  const written = membersOf(text);
  if (written === null) return unreadable('json', 'the body is no JSON object');
  const { version: known, body: schema } = journalEvents[kind];
  const { version = 1 } = written;
  if (typeof version !== 'number' || version > known)
    return unreadable(
      'version',
      `version ${JSON.stringify(version).slice(0, 20)}; this program reads up to ${known}`,
    );
  const parsed = schema.safeParse(written);
  if (parsed.success) return { readable: true, body: parsed.data as JournalBody<Kind>, written };
  return unreadable('body', firstProblem(parsed.error));
}

const unreadable = (why: Unreadable['why'], problem: string): Unreadable => ({
  readable: false,
  why,
  problem,
});

/** A list of thousands may be wrong throughout: the first is enough. */
function firstProblem(error: z.ZodError): string {
  const [first] = error.issues;
  const place = (first?.path ?? []).map(String).join('.');
  return `${place === '' ? 'the body' : place}: ${first?.message ?? 'not as it should be'}`.slice(0, 300);
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
