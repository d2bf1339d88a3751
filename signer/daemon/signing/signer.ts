import type { Signer } from '#core/formats/format.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';

/**
 * `began`: when signing of the request began for the first time. Formats state whole seconds, and a signature that
 * is repeated after an interruption has to state the same ones: the keyholder signs nothing else for that file.
 */
export function signerOf(key: SigningKey, began: Date | null): Signer {
  if (began === null) throw new Error('the journal has no start of the signing that is going on');
  const [certificate, ...chain] = [key.certificate, ...key.chain].map(({ raw }) => new Uint8Array(raw));
  if (certificate === undefined) throw new Error('a key without its certificate');
  return { certificate, chain, time: new Date(Math.floor(began.getTime() / 1000) * 1000) };
}

/**
 * The same of a key of the project's own. One may have been made since signing began, in place of one that ended meanwhile: OpenPGP's
 * programs refuse a signature that is older than its key.
 */
export function ownSignerOf({ certificate }: Pick<SigningKey, 'certificate'>, began: Date): Signer {
  const { raw, validFromDate } = certificate;
  const time = began < validFromDate ? validFromDate : began;
  return { certificate: new Uint8Array(raw), chain: [], time };
}
