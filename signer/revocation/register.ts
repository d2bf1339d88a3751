/**
 * Every revocation that ever was in an accepted policy. The policy repository says what is revoked; the register remembers
 * it, so that a commit that drops a file, however many have signed it, brings no certificate back.
 */
import type { PolicySnapshot } from '../../lib/core/policy/index.ts';
import type { CertificateSerial } from '../../lib/core/ids/index.ts';
import { messageOf, Unavailable } from '../availability/index.ts';
import { replaceFile } from '../durable-file/index.ts';
import { readRegister, registerText, type KnownRevocation } from './wire.ts';

export type Revocations = ReadonlyMap<string, KnownRevocation>;

export interface RevocationRegister {
  /** What is revoked as of this snapshot and everything before; on disk before it is answered. Throws Unavailable. */
  learn(snapshot: PolicySnapshot): Promise<Revocations>;
  known(): Revocations;
}

interface RegisterOptions {
  readonly file: string;
  readonly now: () => Date;
  /** Told of each revocation that is new or more than before, once it is on disk. */
  readonly onLearned: (learned: readonly KnownRevocation[]) => Promise<void>;
}

export async function openRevocationRegister(options: RegisterOptions): Promise<RevocationRegister> {
  const { file, now, onLearned } = options;
  let known = await readRegister(file);
  let seen: PolicySnapshot | null = null;
  let working: Promise<unknown> = Promise.resolve();

  const learn = async (snapshot: PolicySnapshot): Promise<Revocations> => {
    if (snapshot === seen) return known;
    const learned = news(snapshot, known, now());
    if (learned.length > 0) {
      const next = new Map(known);
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
      known = next;
    }
    seen = snapshot;
    return known;
  };

  return {
    known: () => known,
    learn(snapshot) {
      const learning = working.then(() => learn(snapshot));
      working = learning.catch(() => undefined);
      return learning;
    },
  };
}

/** What the snapshot adds: new serial numbers, earlier dates, keys said to be compromised. Nothing is ever taken back. */
function news(snapshot: PolicySnapshot, known: Revocations, now: Date): readonly KnownRevocation[] {
  const learned: KnownRevocation[] = [];
  for (const [serial, { value }] of snapshot.revocations) {
    const before = known.get(serial);
    const effectiveAt = new Date(value.effectiveAt);
    if (before === undefined) {
      const { project, certificate, reason } = value;
      learned.push({
        ...{ serial: serial satisfies CertificateSerial, project, certificate, reason, effectiveAt },
        ...{ learnedAt: now, policyCommit: snapshot.commit },
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
