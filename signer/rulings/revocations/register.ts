/**
 * Every revocation that ever was in an accepted policy. The policy repository says what is revoked; the register remembers
 * it, so that a commit that drops a file, however many have signed it, never reinstates a certificate. A register
 * that lacks what the journal or the published list has is damaged, and nothing is signed with it (decision 0037).
 */
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { CertificateSerial } from '#core/ids/index.ts';
import { messageOf, Unavailable } from '../../ground/availability/index.ts';
import { isDatabaseUnavailable } from '../../ground/database/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import type { RevocationClaim } from './claim.ts';
import { describeShortfalls, shortfallsOf } from './compare.ts';
import { claimOf, type Journalled, type JournalledRevocation } from './journalled.ts';
import { readRegister, RegisterError, registerFix, registerText, type KnownRevocation } from './wire.ts';
import type { Revocations } from './revocations.ts';

export interface RevocationRegister {
  /**
   * What is revoked as of this snapshot and all earlier ones; on disk before it is returned. Throws Unavailable, also while
   * another signer has learned of a revocation that this one hasn’t.
   */
  learn(snapshot: PolicySnapshot): Promise<Revocations>;
  known(): Revocations;
  /** The journal's last revocation up to which everything is in this register: 0 where there is none, or it isn't compared yet. */
  heldThrough(): bigint;
  /** Throws RegisterError where the file contains less than this signer knows, since others read it. */
  checkFile(): Promise<void>;
}

export interface RegisterOptions {
  readonly file: string;
  readonly now: () => Date;
  /** Name of this signer, as in the entries that it writes. */
  readonly signerId: string;
  /** The journal’s revocations after an entry. */
  readonly journalled: (after: bigint) => Promise<Journalled>;
  /** What the authority has published; empty where nothing is. */
  readonly published: () => Promise<readonly RevocationClaim[]>;
  /** What the authority makes of a register. */
  readonly asPublished: (register: Revocations) => Revocations;
  /** Called with revocations that are new or extended, once they are on disk. */
  readonly onLearned: (learned: readonly KnownRevocation[]) => Promise<void>;
}

/**
 * Reads the register and compares it with journal and published list. Throws RegisterError where it is damaged. While
 * the database can't be reached, the comparison is left to the first `learn` that reaches it.
 */
export async function openRevocationRegister(options: RegisterOptions): Promise<RevocationRegister> {
  const register = new Register(options);
  await register.open().catch((error: unknown) => {
    if (!isDatabaseUnavailable(error)) throw error;
  });
  return register;
}

class Register implements RevocationRegister {
  readonly #options: RegisterOptions;
  #known: Revocations = new Map();
  #opened = false;
  #seen: PolicySnapshot | null = null;
  /** How far the journal was read, and other signers' entries that aren’t known here yet. */
  #seq = 0n;
  #held = 0n;
  #ahead: readonly JournalledRevocation[] = [];
  #working: Promise<unknown> = Promise.resolve();

  constructor(options: RegisterOptions) {
    this.#options = options;
  }

  known(): Revocations {
    return this.#known;
  }

  heldThrough(): bigint {
    return this.#held;
  }

  async open(): Promise<void> {
    const { file, signerId, journalled, published, onLearned } = this.#options;
    // Read first, whatever else is available: an invalid file is refused at once.
    const found = await readRegister(file).catch((error: unknown) => {
      if (error instanceof RegisterError && error.code === 'REVOCATION_REGISTER_MISSING') return null;
      throw error;
    });
    this.#known = found ?? new Map();
    const { seq, entries } = await journalled(0n);
    // What another signer learned while this one wasn't running is no damage: it is learned from the policy.
    const own = entries.filter(({ signer }) => found === null || signer === null || signer === signerId);
    const shortfalls = [
      ...shortfallsOf(this.#known, own.map(claimOf)),
      ...shortfallsOf(this.#options.asPublished(this.#known), await published()),
    ];
    if (found === null && shortfalls.length > 0) {
      throw new RegisterError(
        'REVOCATION_REGISTER_MISSING',
        `the register of revocations ${file} isn’t there, and certificates are revoked: ${describeShortfalls(shortfalls)}. Nothing is signed: ${registerFix}`,
      );
    }
    if (shortfalls.length > 0) {
      throw new RegisterError(
        'REVOCATION_REGISTER_SHORT',
        `the register of revocations ${file} was shortened or set back: ${describeShortfalls(shortfalls)}. Nothing is signed: ${registerFix}`,
      );
    }
    // From here on a missing file was lost.
    if (found === null) await replaceFile(file, registerText([]), 0o644);
    const forgotten = notJournalled(this.#known, entries);
    if (forgotten.length > 0) await onLearned(forgotten);
    this.#ahead = entries.filter((entry) => shortfallsOf(this.#known, [claimOf(entry)]).length > 0);
    this.#seq = seq;
    if (this.#ahead.length === 0) this.#held = seq;
    this.#opened = true;
  }

  learn(snapshot: PolicySnapshot): Promise<Revocations> {
    const learning = this.#working.then(() => this.#learn(snapshot));
    this.#working = learning.catch(() => undefined);
    return learning;
  }

  async checkFile(): Promise<void> {
    const { file } = this.#options;
    if (!this.#opened) return;
    const claims = Array.from(this.#known.values(), ({ serial, effectiveAt, reason }) => ({
      serial,
      effectiveAt,
      keyCompromise: reason === 'keyCompromise',
      source: 'this signer',
    }));
    const shortfalls = shortfallsOf(await readRegister(file), claims);
    if (shortfalls.length === 0) return;
    throw new RegisterError(
      'REVOCATION_REGISTER_SHORT',
      `${file} was shortened or set back while the signer runs: ${describeShortfalls(shortfalls)}; ${registerFix}`,
    );
  }

  async #learn(snapshot: PolicySnapshot): Promise<Revocations> {
    if (!this.#opened) await this.open().catch(unavailable);
    if (snapshot !== this.#seen) {
      await this.#write(newRevocations(snapshot, this.#known, this.#options.now()));
      this.#seen = snapshot;
    }
    await this.#followOthers();
    return this.#known;
  }

  async #write(learned: readonly KnownRevocation[]): Promise<void> {
    const { file, onLearned } = this.#options;
    if (learned.length === 0) return;
    const next = new Map(this.#known);
    for (const one of learned) next.set(one.serial, one);
    try {
      await replaceFile(file, registerText(next.values()), 0o644);
      await onLearned(learned);
    } catch (error) {
      throw new Unavailable(
        'policy',
        `revocations could not be written down: ${messageOf(error)}`,
        `make ${file} writable and the database reachable`,
        error,
      );
    }
    this.#known = next;
  }

  /** Each signer follows the policy by itself; one that is behind signs nothing. */
  async #followOthers(): Promise<void> {
    const { seq, entries } = await this.#options.journalled(this.#seq).catch(unavailable);
    const ahead = [...this.#ahead, ...entries].filter(
      (journalledRevocation) => shortfallsOf(this.#known, [claimOf(journalledRevocation)]).length > 0,
    );
    this.#seq = seq;
    this.#ahead = ahead;
    if (ahead.length === 0) {
      this.#held = seq;
      return;
    }
    throw new Unavailable(
      'policy',
      `the journal knows revocations that this signer’s register lacks: ${describeShortfalls(shortfallsOf(this.#known, ahead.map(claimOf)))}`,
      `make sure that this signer reads the newest policy; where a later policy dropped them, ${registerFix}, and restart it`,
    );
  }
}

function unavailable(error: unknown): never {
  const fix = error instanceof RegisterError ? registerFix : 'make the database reachable';
  throw new Unavailable('policy', `it can’t be determined what is revoked: ${messageOf(error)}`, fix, error);
}

/** A crash between file and journal omits an entry that all other signers need. */
function notJournalled(
  known: Revocations,
  entries: readonly JournalledRevocation[],
): readonly KnownRevocation[] {
  const journalled = new Map<string, KnownRevocation[]>();
  for (const { revocation } of entries)
    journalled.set(revocation.serial, [...(journalled.get(revocation.serial) ?? []), revocation]);
  return [...known.values()].filter((revocation) => {
    const entriesOfOne = journalled.get(revocation.serial) ?? [];
    const hasDate = entriesOfOne.some((entry) => entry.effectiveAt <= revocation.effectiveAt);
    const hasReason =
      revocation.reason !== 'keyCompromise' ||
      entriesOfOne.some((entry) => entry.reason === revocation.reason);
    return !hasDate || !hasReason;
  });
}

/** What the snapshot adds: new serial numbers, earlier dates, key compromises. Nothing is ever removed. */
function newRevocations(snapshot: PolicySnapshot, known: Revocations, now: Date): readonly KnownRevocation[] {
  const learned: KnownRevocation[] = [];
  for (const [serial, { value }] of snapshot.revocations) {
    const before = known.get(serial);
    const effectiveAt = new Date(value.effectiveAt);
    if (before === undefined) {
      const { project, certificate, reason } = value;
      learned.push({
        serial: serial satisfies CertificateSerial,
        project,
        certificate,
        reason,
        effectiveAt,
        learnedAt: now,
        policyCommit: snapshot.commit,
      });
      continue;
    }
    const earlier = effectiveAt < before.effectiveAt;
    const compromised = value.reason === 'keyCompromise' && before.reason !== 'keyCompromise';
    if (!earlier && !compromised) continue;
    learned.push({
      ...before,
      effectiveAt: earlier ? effectiveAt : before.effectiveAt,
      reason: compromised ? 'keyCompromise' : before.reason,
      policyCommit: snapshot.commit,
    });
  }
  return learned;
}
