/**
 * What is said about emergency stops, as it stands in the journal, where every signer reads it: who said it, with the proof.
 * A stop holds by being there, for a false one costs nothing but time; a lift holds by its proof alone.
 */
import { CodedError } from '#core/error/index.ts';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseStopStatement, StatementError, stopDigest, type StopStatement } from '#core/approval/index.ts';
import { canonicalJson } from '#core/json/index.ts';
import {
  hostStopSchema,
  readBody,
  type liftEntrySchema,
  type stopEntrySchema,
} from '#core/wire/journal/index.ts';

export type HostStop = z.infer<typeof hostStopSchema>;
export type StopEntry = z.infer<typeof stopEntrySchema>;
export type LiftEntry = z.infer<typeof liftEntrySchema>;
export type Entry = StopEntry | LiftEntry;

export class StopRecordError extends CodedError<'STOP_INVALID' | 'STOPS_UNREADABLE' | 'STOPS_LOST'> {
  static override readonly errorName = 'StopRecordError';
  constructor(code: StopRecordError['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** SHA-256 of what was said: of a word the word itself, whoever took it in. */
export function digestOf(entry: Entry): string {
  if (entry.source === 'statement') return stopDigest(entry.statement);
  return createHash('sha256').update(canonicalJson(entry)).digest('hex');
}

/** A new stop on this host. Throws STOP_INVALID. */
export function hostStop(stop: Omit<HostStop, 'action' | 'source'>): HostStop {
  const parsed = hostStopSchema.safeParse({ ...stop, action: 'stop', source: 'host' });
  if (parsed.success) return parsed.data;
  throw new StopRecordError('STOP_INVALID', z.prettifyError(parsed.error));
}

/** What a stop or a lift by word says; null: it is no such statement. */
export function wordOf(entry: Extract<Entry, { source: 'statement' }>): StopStatement | null {
  try {
    const word = parseStopStatement(entry.statement);
    return word.action === entry.action ? word : null;
  } catch (error) {
    if (error instanceof StatementError) return null;
    throw error;
  }
}

export interface StopFacts {
  readonly project: string | null;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What is stopped and why. A word that can't be read stops everybody: nobody knows whom it meant. */
export function factsOf(entry: StopEntry): StopFacts {
  if (entry.source === 'host') return entry;
  return (
    wordOf(entry) ?? {
      project: null,
      at: new Date(0).toISOString(),
      reason: 'The journal has a stop that can’t be read.',
    }
  );
}

/** A journal entry's body → what it says. What can’t be read stops everybody, and nothing but each host lifts that. */
export function parseEntry(body: string, seq: string): Entry {
  const read = readBody('emergency-stop', body);
  if (read.readable) return read.body;
  const digest = createHash('sha256').update(body).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return hostStop({
    id,
    project: null,
    lock: null,
    at: new Date(0).toISOString(),
    by: 'nobody',
    signer: `entry-${seq}`,
    reason: `Entry ${seq} of the journal can’t be read.`,
  });
}
