/**
 * Known revocations: those of the policy in force, and all that the signer ever learned and wrote into its journal. A later policy
 * that drops a revocation, or names a later date, takes nothing back.
 */
import { CodedError } from '#core/error/index.ts';
import type { KnownRevocation } from './standing/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { certificateRevoked, readBody } from '#core/wire/journal/index.ts';
import type { Database } from '../platform/db/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';

export type KnownRevocations = ReadonlyMap<string, RememberedRevocation>;

export interface RememberedRevocation extends KnownRevocation {
  /** The accepted policy commit that says it; null: the signer rebuilt its register, and only a published list knew. */
  readonly policyCommit: string | null;
}

const rowsAtOnce = 1000;
interface Remembered {
  /** Up to where the journal was read. */
  readonly seq: bigint;
  readonly known: KnownRevocations;
}

const remembered = new WeakMap<Database, Remembered>();
const merged = new WeakMap<KnownRevocations, { readonly commit: string; readonly known: KnownRevocations }>();

/** Until the entry can be read, no signature is reported as good: it may be about any certificate. */
class RevocationEntryUnreadable extends CodedError<'REVOCATION_UNREADABLE'> {
  static override readonly errorName = 'RevocationEntryUnreadable';
  constructor(seq: bigint, problem: string) {
    super(
      'REVOCATION_UNREADABLE',
      `entry ${seq} of the signer’s journal, a revocation, can’t be read: ${problem}. Update this portal`,
    );
  }
}

/** By serial number in lower-case hexadecimal digits. The same object as long as nothing changes. */
export async function knownRevocations(ctx: Pick<Context, 'db' | 'policies'>): Promise<KnownRevocations> {
  const [accepted, fromJournal] = await Promise.all([acceptedPolicy(ctx), readJournal(ctx.db)]);
  if (accepted === null) return fromJournal;
  const kept = merged.get(fromJournal);
  if (kept?.commit === accepted.commit) return kept.known;
  const known = withPolicy(fromJournal, accepted.snapshot, accepted.acceptedAt);
  merged.set(fromJournal, { commit: accepted.commit, known });
  return known;
}

/** The journal only grows, in the order of its numbers: what was read isn't read again. */
async function readJournal(db: Database): Promise<KnownRevocations> {
  let { seq, known } = remembered.get(db) ?? { seq: -1n, known: new Map() };
  for (;;) {
    const rows = await db.journalEntry.findMany({
      where: { kind: certificateRevoked.kind, seq: { gt: seq } },
      orderBy: { seq: 'asc' },
      take: rowsAtOnce,
    });
    const last = rows.at(-1);
    if (last === undefined) break;
    seq = last.seq;
    // An entry that can't be read is an error: skipping it would report revoked signatures as good.
    const added = rows.map(({ seq: number, at, body }): RememberedRevocation => {
      const read = readBody('certificate.revoked', body);
      if (!read.readable) throw new RevocationEntryUnreadable(number, read.problem);
      const { serial, project, certificate, reason, effectiveAt, policyCommit } = read.body;
      return {
        serial,
        project,
        certificate,
        reason,
        policyCommit,
        effectiveAt: new Date(effectiveAt),
        learnedAt: at,
      };
    });
    known = merge(known, added);
    if (rows.length < rowsAtOnce) break;
  }
  remembered.set(db, { seq, known });
  return known;
}

function withPolicy(known: KnownRevocations, snapshot: PolicySnapshot, acceptedAt: Date): KnownRevocations {
  const added = Array.from(snapshot.revocations, ([serial, { value }]): RememberedRevocation => ({
    serial,
    project: value.project,
    certificate: value.certificate,
    reason: value.reason,
    effectiveAt: new Date(value.effectiveAt),
    learnedAt: acceptedAt,
    policyCommit: snapshot.commit,
  }));
  return merge(known, added);
}

/** As in the signer's register: earlier dates and compromised keys are added, and nothing is taken back. */
function merge(before: KnownRevocations, added: readonly RememberedRevocation[]): KnownRevocations {
  const known = new Map(before);
  for (const revocation of added) {
    const old = known.get(revocation.serial);
    if (old === undefined) {
      known.set(revocation.serial, revocation);
      continue;
    }
    const earlier = revocation.effectiveAt < old.effectiveAt;
    const compromised = revocation.reason === 'keyCompromise' && old.reason !== 'keyCompromise';
    if (!earlier && !compromised) continue;
    known.set(revocation.serial, {
      ...old,
      effectiveAt: earlier ? revocation.effectiveAt : old.effectiveAt,
      reason: compromised ? revocation.reason : old.reason,
      learnedAt: revocation.learnedAt,
      policyCommit: revocation.policyCommit,
    });
  }
  return known;
}
