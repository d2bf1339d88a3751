/**
 * The signer's journal as pure data: entries chained by hash, so that a removed, reordered or altered entry is
 * detected. The database only stores what is made here.
 */
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../json/index.ts';
import { parseSha256Hex, type Sha256Hex } from '../../ids/index.ts';

export interface JournalEntry {
  /** Position in the chain, from 1 without gaps. */
  readonly seq: bigint;
  readonly at: Date;
  /** The signing request the entry is about, or null for the signer itself. */
  readonly requestId: string | null;
  readonly kind: string;
  /** Canonical JSON (RFC 8785). */
  readonly body: string;
  readonly previousHash: Sha256Hex;
  readonly entryHash: Sha256Hex;
}

/** What the next entry follows from. */
export type ChainEnd = Pick<JournalEntry, 'seq' | 'at' | 'entryHash'>;

/** The previous hash of the first entry. */
export const genesisHash: Sha256Hex = parseSha256Hex('0'.repeat(64));

interface EntryInput {
  readonly at: Date;
  readonly requestId: string | null;
  readonly kind: string;
  readonly body: JsonValue;
}

/** last entry (or null for an empty journal) and the next event → the next entry. */
export function nextEntry(last: ChainEnd | null, input: EntryInput): JournalEntry {
  const unsealed = {
    seq: (last?.seq ?? 0n) + 1n,
    at: input.at,
    requestId: input.requestId,
    kind: input.kind,
    body: canonicalJson(input.body),
    previousHash: last?.entryHash ?? genesisHash,
  };
  return { ...unsealed, entryHash: entryHash(unsealed) };
}

/** SHA-256 over the canonical JSON of everything in the entry but the hash itself. */
export function entryHash(entry: Omit<JournalEntry, 'entryHash'>): Sha256Hex {
  const text = canonicalJson({
    seq: entry.seq.toString(),
    at: entry.at.toISOString(),
    requestId: entry.requestId,
    kind: entry.kind,
    body: entry.body,
    previousHash: entry.previousHash,
  });
  return parseSha256Hex(createHash('sha256').update(text, 'utf8').digest('hex'));
}

export type ChainVerdict =
  | { readonly intact: true; readonly entries: number; readonly head: Sha256Hex }
  | { readonly intact: false; readonly seq: bigint; readonly problem: string };

/**
 * Walks entries in order of seq, from the first one on or from the one after `after`, whose hash is known to be
 * right, and says where
 * the chain breaks, if anywhere. Streams: it holds one entry at a time. `entries` counts from the first one ever.
 */
export async function verifyChain(
  entries: AsyncIterable<JournalEntry> | Iterable<JournalEntry>,
  after: { readonly seq: bigint; readonly head: Sha256Hex } = { seq: 0n, head: genesisHash },
): Promise<ChainVerdict> {
  let { seq, head } = after;
  for await (const entry of entries) {
    seq += 1n;
    if (entry.seq !== seq) {
      return {
        intact: false,
        seq,
        problem: `entry ${seq} is missing; entry ${entry.seq} stands in its place`,
      };
    }
    if (entry.previousHash !== head) {
      return {
        intact: false,
        seq,
        problem: `entry ${seq} points back to ${entry.previousHash}, not to ${head}`,
      };
    }
    const expected = entryHash(entry);
    if (entry.entryHash !== expected) {
      return { intact: false, seq, problem: `entry ${seq} was altered: its hash should be ${expected}` };
    }
    head = entry.entryHash;
  }
  return { intact: true, entries: Number(seq), head };
}
