/** "Not revoked now", as a proof that expires: its holder has just checked. */
import type { SigningKey } from '../trust/index.ts';
import { blockingRevocation } from './blocks.ts';
import type { Revocations } from './revocations.ts';
import type { KnownRevocation } from './wire.ts';

declare class RevocationCheck {
  readonly #proof: true;
}
/** Proof that nothing in the register kept these keys from signing at this time. */
export interface NotRevoked extends RevocationCheck {
  readonly keys: readonly SigningKey[];
  readonly at: Date;
}

/** Between the check and the grant are a few file reads. */
const validMilliseconds = 60_000;

/** The proof, or the first key that a revocation keeps from signing (`blockingRevocation`). */
export function proveNotRevoked(
  asked: SigningKey | readonly SigningKey[],
  keys: readonly SigningKey[],
  revocations: Revocations,
  now: Date,
):
  | { readonly ok: true; readonly value: NotRevoked }
  | { readonly ok: false; readonly by: KnownRevocation; readonly key: SigningKey } {
  const all = [asked].flat();
  for (const key of all) {
    const by = blockingRevocation(key, keys, revocations);
    if (by !== null) return { ok: false, by, key };
  }
  return { ok: true, value: { keys: all, at: now } as unknown as NotRevoked };
}

/** Why the proof isn't valid for this key at this time, or null. */
export function notRevokedProblem(
  { keys: checked, at }: NotRevoked,
  key: SigningKey,
  now: Date,
): string | null {
  if (!checked.includes(key)) return 'the proof is about another certificate';
  const age = now.getTime() - at.getTime();
  if (age < 0) return 'the register of revocations was checked later than now';
  return age <= validMilliseconds ? null : 'the register of revocations was checked too long ago';
}
