/** The FIPS switch at signing: what signs, and the token that it signs on, are checked before the first signature with a key. */
import type { SignatureHash } from '#core/formats/format.ts';
import type { RegisteredKey } from '../protocol/index.ts';
import {
  checkApprovedKey,
  checkApprovedToken,
  checkWrappingKey,
  type Pkcs11Token,
  readKeyProtection,
  readPublicKey,
  type SigningObject,
} from '../token/index.ts';

export type Signing<Bytes> = (
  token: Pkcs11Token,
  what: {
    readonly object: SigningObject;
    /** Of the registry's entry. */
    readonly label: string;
    readonly bytes: Bytes;
    readonly hash: SignatureHash;
  },
) => Promise<Uint8Array>;

/** Throws NOT_APPROVED, or KEY_EXTRACTABLE for a wrapping key that could give away what it wrapped. */
export function approved<Bytes>(
  keys: ReadonlyMap<string, RegisteredKey>,
  sign: Signing<Bytes>,
): Signing<Bytes> {
  const checked = new Set<string>();
  return async (token, what) => {
    const { object, label, hash } = what;
    const use = `${hash} ${label}`;
    if (!checked.has(use)) {
      const isWrapped = typeof object !== 'string';
      const publicKey = isWrapped ? object.publicKey : await readPublicKey(token, object);
      await checkApprovedToken(token, publicKey.asymmetricKeyType === 'ec' ? 'ec' : 'rsa', hash);
      if (isWrapped) {
        await checkWrappingKey(token, object.by);
        checkApprovedKey(label, publicKey);
      } else checkApprovedKey(label, publicKey, await readKeyProtection(token, object));
      const certified = keys.get(label)?.certificate.publicKey;
      if (certified !== undefined) checkApprovedKey(label, certified);
      checked.add(use);
    }
    return sign(token, what);
  };
}
