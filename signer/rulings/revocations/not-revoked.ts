/** "Not revoked now", as a proof that expires: its holder has just checked. */
import type { SigningKey } from '../trust/index.ts';
import { blockingRevocation } from './blocks.ts';
import type { Revocations } from './revocations.ts';
import type { KnownRevocation } from './wire.ts';

declare class RevocationCheck {
  readonly #proof: true;
}
/** Proof that nothing in the register kept this key from signing at this time. */
export interface NotRevoked extends RevocationCheck {
  readonly key: SigningKey;
  readonly at: Date;
}

/** Between the check and the grant are a few file reads. */
const validMilliseconds = 60_000;

/** The proof, or the revocation that keeps the key from signing (`blockingRevocation`). */
export function proveNotRevoked(
  key: SigningKey,
  keys: readonly SigningKey[],
  revocations: Revocations,
  now: Date,
): { readonly ok: true; readonly value: NotRevoked } | { readonly ok: false; readonly by: KnownRevocation } {
  const by = blockingRevocation(key, keys, revocations);
  return by === null ? { ok: true, value: { key, at: now } as unknown as NotRevoked } : { ok: false, by };
}

/** Why the proof isn't valid for this key at this time, or null. */
export function notRevokedProblem(
  { key: checkedKey, at }: NotRevoked,
  key: SigningKey,
  now: Date,
): string | null {
  if (checkedKey !== key) return 'the proof is about another certificate';
  const age = now.getTime() - at.getTime();
  if (age < 0) return 'the register of revocations was checked later than now';
  return age <= validMilliseconds ? null : 'the register of revocations was checked too long ago';
}
