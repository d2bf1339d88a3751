import { serialOf } from '#core/pki/x509/index.ts';
import type { SigningKey } from '../trust/index.ts';
import type { Revocations } from './revocations.ts';
import type { KnownRevocation } from './wire.ts';

/**
 * The revocation that keeps a key from signing, or null: of its own certificate, or, where a key is compromised, of any
 * certificate of the same key.
 */
export function blockingRevocation(
  key: SigningKey,
  keys: readonly SigningKey[],
  revocations: Revocations,
): KnownRevocation | null {
  const own = revocations.get(serialOf(key.certificate));
  if (own !== undefined) return own;
  const compromised = [...revocations.values()].some((revocation) => revocation.reason === 'keyCompromise');
  for (const other of compromised ? keys : []) {
    const found = revocations.get(serialOf(other.certificate));
    if (found?.reason === 'keyCompromise' && other.certificate.publicKey.equals(key.certificate.publicKey))
      return found;
  }
  return null;
}
