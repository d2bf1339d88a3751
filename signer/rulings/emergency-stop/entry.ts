/**
 * Stops and lifts as the journal holds them for every signer, with author and proof. A stop applies without proof,
 * since a false one costs only time; a lift applies by its proof alone.
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

/** SHA-256 that identifies the entry: of a signed statement the statement alone, whichever signer accepted it. */
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

/** The parsed statement of a stop or lift; null: it isn't one. */
export function statementOf(entry: Extract<Entry, { source: 'statement' }>): StopStatement | null {
  try {
    const statement = parseStopStatement(entry.statement);
    return statement.action === entry.action ? statement : null;
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

/** What is stopped and why. A statement that can't be read stops all projects, since it is unknown which one it meant. */
export function factsOf(entry: StopEntry): StopFacts {
  if (entry.source === 'host') return entry;
  return (
    statementOf(entry) ?? {
      project: null,
      at: new Date(0).toISOString(),
      reason: 'The journal has a stop that can’t be read.',
    }
  );
}

/** Body of a journal entry → stop or lift. What can’t be read stops all projects, and only each host can lift that. */
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
