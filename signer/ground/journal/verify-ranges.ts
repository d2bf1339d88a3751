/**
 * Verification of the journal in ranges, each by itself: a range begins at an entry whose hash the range before it verifies, so that all of
 * them together are the whole chain, in whatever order, and at the same time.
 */
import { availableParallelism } from 'node:os';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { openNote, parseNoteKey } from '#core/pki/note/index.ts';
import { parseDigest } from '#core/audit/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { genesisHash, type ChainVerdict } from '#core/wire/journal/index.ts';
import type { Database } from '../database/index.ts';
import { readEntries, verifyEntries } from './index.ts';

type Source = Pick<Database, 'query'>;

/** Entries `after` + 1 to `last`. */
export interface Range {
  readonly after: bigint;
  readonly last: bigint;
}

/** A place from which on the journal is verified: what is before was, by somebody whose signature says so. */
export interface Checkpoint {
  readonly seq: bigint;
  readonly head: Sha256Hex;
}

/** Fewer aren't worth a process of their own. */
const rangeEntriesMin = 50_000n;
const hashRow = z.object({ entry_hash: z.string().transform((value) => parseSha256Hex(value)) });
const newestRow = z.object({ seq: z.coerce.bigint() });

/** The end of a signed digest of an audit export. Throws where the note isn't signed by that key, or names no entries. */
export function checkpointOf(note: string, verifierKey: string): Checkpoint {
  const { text } = openNote(note, [parseNoteKey(verifierKey)]);
  const journal = parseDigest(text)?.journal ?? null;
  if (journal === null) throw new Error('this digest names no entries of the journal');
  return { seq: BigInt(journal.last), head: parseSha256Hex(journal.head) };
}

/**
 * All entries behind a place, in order: a few ranges for each core, however many entries there are, since each takes the start of a process.
 * `entries`: of a range; as it suits the machine unless said.
 */
export async function rangesAfter(
  database: Source,
  after: bigint,
  entries: bigint | null = null,
): Promise<readonly Range[]> {
  const [row] = await database.query('SELECT seq FROM signer.journal ORDER BY seq DESC LIMIT 1');
  const newest = row === undefined ? 0n : newestRow.parse(row).seq;
  const shared = (newest - after) / BigInt(2 * availableParallelism()) + 1n;
  const size = entries ?? (shared > rangeEntriesMin ? shared : rangeEntriesMin);
  const ranges: Range[] = [];
  for (let start = after; start < newest; start += size)
    ranges.push({ after: start, last: start + size < newest ? start + size : newest });
  return ranges;
}

/** `known`: what the hash before the range must be; left out, it is the entry's own, which the range before verifies. */
export async function verifyRange(
  database: Source,
  { after, last }: Range,
  known?: Sha256Hex,
): Promise<ChainVerdict> {
  const [row] = await database.query('SELECT entry_hash FROM signer.journal WHERE seq = $1', [
    after.toString(),
  ]);
  const found = after === 0n ? genesisHash : row === undefined ? null : hashRow.parse(row).entry_hash;
  if (found === null) return { intact: false, seq: after, problem: `entry ${after} is missing` };
  if (known !== undefined && known !== found)
    return {
      intact: false,
      seq: after,
      problem: `entry ${after} has hash ${found}, and ${known} by the checkpoint`,
    };
  const verdict = await verifyEntries(database, readEntries(database, { after, last }), {
    seq: after,
    head: found,
  });
  if (!verdict.intact || BigInt(verdict.entries) === last) return verdict;
  const missing = BigInt(verdict.entries) + 1n;
  return { intact: false, seq: missing, problem: `entry ${missing} is missing` };
}

const verdictSchema = z.discriminatedUnion('intact', [
  z.strictObject({
    intact: z.literal(true),
    entries: z.int(),
    head: z.string().transform((value) => parseSha256Hex(value)),
  }),
  z.strictObject({ intact: z.literal(false), seq: z.coerce.bigint(), problem: z.string() }),
]);

export const writeVerdict = (verdict: ChainVerdict): string =>
  JSON.stringify(verdict.intact ? verdict : { ...verdict, seq: verdict.seq.toString() });

/**
 * Each range in a process of its own, as many at once as there are cores → the first break in order, or the end. `program`: this program's
 * arguments to Node.js, to which `--range` is added.
 */
export async function verifyRanges(
  ranges: readonly Range[],
  program: readonly string[],
  atOnce = availableParallelism(),
): Promise<ChainVerdict> {
  const verdicts: ChainVerdict[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < ranges.length; at = next++) {
      const range = ranges[at];
      if (range !== undefined) verdicts[at] = await inProcess(range, program);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const broken = verdicts.find((verdict) => !verdict.intact);
  return broken ?? verdicts.at(-1) ?? { intact: true, entries: 0, head: genesisHash };
}

async function inProcess({ after, last }: Range, program: readonly string[]): Promise<ChainVerdict> {
  const child = spawn(process.execPath, [...program, '--range', `${after}-${last}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (some: Buffer) => (said += some.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`entries ${after + 1n} to ${last} couldn't be verified`);
  return verdictSchema.parse(JSON.parse(said));
}
