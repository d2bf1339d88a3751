/**
 * The grant that the keyholder's client accepts. Only the files beside this one can make one, each for one purpose:
 * the class is exported as a type, its constructor requires a symbol that no other file has, and nothing but an
 * instance can be redeemed.
 */
import {
  type GrantPurpose,
  KeyHolderError,
  signingGrantId,
  signingGrantWireSchema,
  type UnnumberedGrant,
  type WireOf,
} from '../protocol/index.ts';

const sealing = Symbol('sealing');

class Grant<Purpose extends GrantPurpose> {
  readonly #proof: Readonly<WireOf<Purpose>>;
  #redeemed = false;

  constructor(by: symbol, wire: Readonly<WireOf<Purpose>>) {
    if (by !== sealing) throw new KeyHolderError('GRANT_INVALID', 'a grant can only be minted');
    this.#proof = wire;
    Object.freeze(this);
  }

  /** The allowed content; not a grant by itself. */
  get wire(): Readonly<WireOf<Purpose>> {
    return this.#proof;
  }

  static redeem<Of extends GrantPurpose>(grant: Grant<Of>): Readonly<WireOf<Of>> {
    if (!(#proof in grant)) {
      throw new KeyHolderError(
        'GRANT_INVALID',
        'this is not a grant: grants are minted from the proofs of every check',
      );
    }
    if (grant.#redeemed) {
      throw new KeyHolderError(
        'GRANT_INVALID',
        `grant ${grant.#proof.grantId} was redeemed before: mint another with the same content, and the keyholder returns the same signature`,
      );
    }
    grant.#redeemed = true;
    return grant.#proof;
  }
}

/** Permission for one key to sign exactly these bytes, for one purpose. Valid for one call of `KeyHolder.sign`. */
export type SigningGrant<Purpose extends GrantPurpose = GrantPurpose> = Grant<Purpose>;

type GrantContent<Purpose extends GrantPurpose> = Omit<
  Extract<UnnumberedGrant, { readonly purpose: Purpose }>,
  'version' | 'toBeSigned' | 'expiresAt'
>;

/** Throws GRANT_INVALID where a member isn't valid for the keyholder. */
export function seal<Purpose extends GrantPurpose>(
  content: GrantContent<Purpose>,
  toBeSigned: Uint8Array,
  until: Date,
): Grant<Purpose> {
  const grant = {
    version: 1,
    ...content,
    toBeSigned: Buffer.from(toBeSigned).toString('base64'),
    expiresAt: until.toISOString(),
  } as unknown as UnnumberedGrant;
  const checked = signingGrantWireSchema.safeParse({ ...grant, grantId: signingGrantId(grant) });
  if (!checked.success) throw new KeyHolderError('GRANT_INVALID', checked.error.message);
  const wire = checked.data as WireOf<Purpose>;
  if ('leafPath' in wire) Object.freeze(wire.leafPath);
  return new Grant(sealing, Object.freeze(wire));
}

/** The wire of a grant, once. Throws GRANT_INVALID for anything that wasn't minted, and the second time. */
export const redeem = (grant: SigningGrant): Readonly<WireOf<GrantPurpose>> => Grant.redeem(grant);
