/** The journal of an export, read back: whether its entries form the chain that its digest names. */
import { parseSha256Hex, type Sha256Hex } from '../ids/index.ts';
import { endOf, entryHash, problemOfRepeated, repeatedBy, type RepeatedEnd } from '../wire/journal/index.ts';
import type { AuditDigest } from './digest.ts';
import { isExportedKind } from './journal-kinds.ts';

interface Line {
  readonly seq: string;
  readonly at: string;
  readonly requestId: string | null;
  readonly kind: string;
  readonly body: string | null;
  readonly previousHash: string;
  readonly entryHash: string;
}

/**
 * Lines of `journal.jsonl` in order, without their ends → null, or what is wrong. An entry without its body, of a
 * kind that isn't
 * exported, can't be hashed again; its neighbours still name its hash. One that repeats an earlier entry is held to it where that is in the
 * same export; else the digest that it names says what was found. Holds one line at a time, and digests of requests that are not at their end.
 */
export async function verifyJournalLines(
  lines: AsyncIterable<string>,
  journal: AuditDigest['journal'],
): Promise<string | null> {
  let next = journal === null ? null : BigInt(journal.first);
  let head = journal?.before ?? null;
  let last: string | null = null;
  const ends = new Ends(journal === null ? 0n : BigInt(journal.first));
  for await (const text of lines) {
    const line = readLine(text);
    if (line === null) return `a line is not an entry of the journal: ${JSON.stringify(text.slice(0, 80))}`;
    if (next === null) return `entry ${line.seq} is there, and the digest knows none`;
    if (line.seq !== String(next)) return `entry ${next} is missing; entry ${line.seq} stands in its place`;
    if (line.previousHash !== head) return `entry ${line.seq} doesn’t name the one before`;
    if (line.body === null && isExportedKind(line.kind)) return `entry ${line.seq} has lost its body`;
    if (line.body !== null && hashOf(line, line.body) !== line.entryHash)
      return `entry ${line.seq} was altered`;
    const problem =
      line.body === null ? null : ends.problemOf({ ...line, seq: BigInt(line.seq), body: line.body });
    if (problem !== null) return problem;
    [head, last, next] = [line.entryHash, line.seq, next + 1n];
  }
  if (journal === null) return null;
  if (last !== journal.last)
    return `the last entry is ${last ?? 'none'}, and the digest says ${journal.last}`;
  return head === journal.head
    ? null
    : `the last entry’s hash is ${head ?? 'none'}, and the digest says ${journal.head}`;
}

type Told = Parameters<typeof endOf>[0];

/** What steps of requests found, as far as an entry to come may repeat it. */
class Ends {
  private readonly first: bigint;
  private readonly byRequest = new Map<string, Map<bigint, RepeatedEnd>>();

  constructor(first: bigint) {
    this.first = first;
  }

  /** null: nothing is wrong with it. */
  problemOf(entry: Told): string | null {
    const { requestId, kind } = entry;
    const same = repeatedBy(entry);
    if (same !== null && (same === 'unreadable' || same.seq >= this.first)) {
      const source = same === 'unreadable' ? undefined : this.byRequest.get(requestId ?? '')?.get(same.seq);
      return problemOfRepeated(entry, source ?? null);
    }
    if (requestId === null) return null;
    if (endings.has(kind)) this.byRequest.delete(requestId);
    else if (kind === 'step.finished' && same === null) {
      const end = endOf(entry);
      // It comes after the request was released, and nothing does after it.
      if (end.found?.step === 'release') return null;
      const ends = this.byRequest.get(requestId) ?? new Map<bigint, RepeatedEnd>();
      this.byRequest.set(requestId, ends.set(entry.seq, end));
    }
    return null;
  }
}

/** Kinds of entries after which a request has no other pass. */
const endings: ReadonlySet<string> = new Set(['request.released', 'request.denied', 'request.failed']);

function hashOf({ seq, at, requestId, kind, previousHash }: Line, body: string): Sha256Hex {
  return entryHash({
    seq: BigInt(seq),
    at: new Date(at),
    requestId,
    kind,
    body,
    previousHash: parseSha256Hex(previousHash),
  });
}

const hashForm = /^[0-9a-f]{64}$/;

function readLine(text: string): Line | null {
  const value = parseObject(text);
  if (value === null) return null;
  const member = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  const orNull = (name: string): string | null => (typeof value[name] === 'string' ? value[name] : null);
  const line: Line = {
    seq: member('seq'),
    at: member('at'),
    kind: member('kind'),
    previousHash: member('previousHash'),
    entryHash: member('entryHash'),
    requestId: orNull('requestId'),
    body: orNull('body'),
  };
  const isTime = !Number.isNaN(Date.parse(line.at));
  const hashes = hashForm.test(line.previousHash) && hashForm.test(line.entryHash);
  return isTime && hashes && /^[1-9][0-9]{0,18}$/.test(line.seq) ? line : null;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
