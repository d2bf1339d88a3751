/** A signature next to the one that a file carries: nested in it, where Windows looks for it, as the last of those that are. */
import { CmsError, nestSignature, withoutNested } from '../../pki/cms/index.ts';

/** What the file is to carry. `kept`: the signature that stays; null: the new one will be alone. `refused`: what to throw where none can be added. */
export function signatureAfter(
  kept: Uint8Array | null,
  added: Uint8Array,
  refused: (cause: CmsError) => Error,
): Uint8Array {
  if (kept === null) return added;
  try {
    return nestSignature(kept, added);
  } catch (cause) {
    if (!(cause instanceof CmsError)) throw cause;
    throw refused(cause);
  }
}

/** The way back: what was there before the new one was added; null: it isn't in its place. */
export function signatureBefore(found: Uint8Array, added: Uint8Array): Uint8Array | null {
  try {
    return withoutNested(found, added);
  } catch (error) {
    if (error instanceof CmsError) return null;
    throw error;
  }
}

/** Whether this is the signature that was there, with the new one nested in it last; or the new one alone. */
export function isSignatureAfter(found: Uint8Array, kept: Uint8Array | null, added: Uint8Array): boolean {
  if (kept === null) return Buffer.compare(found, added) === 0;
  const before = signatureBefore(found, added);
  return before !== null && Buffer.compare(before, kept) === 0;
}
