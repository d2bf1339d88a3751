import { messageOf, Unavailable } from '../../ground/availability/index.ts';
import type { SignerContext } from './context.ts';

/**
 * Judges by the keys that are known, and once more where that refuses and they are others by then: a certificate that was just issued is
 * known to pages at once, and a refusal is final. Whose look found them doesn't matter. Throws Unavailable where the registry can't be read, or the
 * key holder doesn't start with it: then nothing is decided.
 */
export async function withCurrentKeys<T extends { readonly ok: unknown }>(
  { keys }: Pick<SignerContext, 'keys'>,
  judge: () => T,
): Promise<T> {
  const known = keys.current();
  const found = judge();
  if (found.ok === true) return found;
  try {
    await keys.refresh();
  } catch (cause) {
    throw new Unavailable(
      'keyholder',
      `whether there are other keys by now can’t be told: ${messageOf(cause)}`,
      'check the key registry and its certificates, the HSM and the keyholder’s journal',
      cause,
    );
  }
  return keys.current() === known ? found : judge();
}
