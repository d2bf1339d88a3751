import type { SignerContext } from './context.ts';

/**
 * Judges by the keys that are known, and once more where that refuses and the registry has changed since: a certificate that was just issued
 * is known to pages at once, and a refusal is final. The key holder has to know new keys before anything is signed with them.
 */
export async function withCurrentKeys<T extends { readonly ok: unknown }>(
  { keys, keyHolder }: Pick<SignerContext, 'keys' | 'keyHolder'>,
  judge: () => T,
): Promise<T> {
  const found = judge();
  if (found.ok === true) return found;
  // A registry that can't be read is found by the next look at everything, which says so.
  if (!(await keys.refresh().catch(() => false))) return found;
  await keyHolder.restart();
  return judge();
}
