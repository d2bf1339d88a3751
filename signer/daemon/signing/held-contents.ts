/**
 * What is signed of each file is held until all of it is verified. The inspector refuses artifacts with too much of it; this stands
 * against one that hostile bytes have taken over, and that would fill the signer's memory.
 */
import type { Subject } from '#core/formats/format.ts';
import { Unavailable } from '../../ground/availability/index.ts';

/** As it was told and as it was read back. */
const heldBytesMax = 256 * 1024 * 1024;
const held = new WeakMap<object, number>();

/** `evidence`: that of the pass. Throws where this one holds too much. */
export function hold(evidence: object, { content }: Pick<Subject, 'content'>): void {
  const bytes = (held.get(evidence) ?? 0) + content.length;
  held.set(evidence, bytes);
  if (bytes <= heldBytesMax) return;
  throw new Unavailable(
    'inspector',
    `what it says is to be signed takes over ${heldBytesMax} bytes`,
    'see the signer’s log: this is a defect of the signer',
  );
}
