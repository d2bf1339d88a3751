/** "Not revoked now", as a proof that runs out: whoever has it has looked a moment ago. */
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

/** Between the look and the grant are a few reads of files. */
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

/** Why the proof says nothing of this key at this time, or null. */
export function notRevokedProblem(
  { key: checkedKey, at }: NotRevoked,
  key: SigningKey,
  now: Date,
): string | null {
  if (checkedKey !== key) return 'another certificate was looked up in the register of revocations';
  const age = now.getTime() - at.getTime();
  if (age < 0) return 'the register of revocations was looked at later than now';
  return age <= validMilliseconds ? null : 'the look at the register of revocations was too long ago';
}
