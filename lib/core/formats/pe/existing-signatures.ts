/**
 * A further signature of a program that is signed already. Windows reads the first entry of the certificate table alone, and
 * what is nested in it; firmware reads each entry and looks into none (UEFI specification, "Embedded Signatures"). So the
 * program's subsystem says where the signature goes.
 */
import type { AuthenticodeSign } from '../../generated/index.ts';
import type { CmsError } from '../../pki/cms/index.ts';
import { existingSignature, signatureAfter, signatureBefore } from '../authenticode/index.ts';
import { PeError, replaceIt } from './errors.ts';
import type { PeLayout } from './layout.ts';
import { runsInFirmware } from './subsystem.ts';

/** DER ContentInfos that the program carries, and the new one → those that it is to carry, in the order of its table. */
export function signaturesAfter(
  existing: readonly Uint8Array[],
  added: Uint8Array,
  layout: PeLayout,
  sign: AuthenticodeSign,
): readonly Uint8Array[] {
  const [primary, ...others] = existing;
  if (primary === undefined || existingSignature(sign) === 'replace') return [added];
  if (runsInFirmware(layout)) return [...existing, added];
  const cannotAdd = (cause: CmsError): PeError => {
    const at = layout.certificateTable?.offset ?? 0;
    const message = `no signature can be added to the one that is there: ${cause.message}`;
    return new PeError('SIGNATURE_INVALID', at, message, replaceIt, { cause });
  };
  return [signatureAfter(primary, added, cannotAdd), ...others];
}

/** The way back: what a signed program carries → all but this signature, or null where it isn't in its place. */
export function signaturesBefore(
  signed: readonly Uint8Array[],
  added: Uint8Array,
  layout: PeLayout,
  besideOthers: boolean,
): readonly Uint8Array[] | null {
  if (!besideOthers || runsInFirmware(layout)) {
    const last = signed.at(-1);
    return last !== undefined && Buffer.compare(last, added) === 0 ? signed.slice(0, -1) : null;
  }
  const [primary, ...others] = signed;
  const before = primary === undefined ? null : signatureBefore(primary, added);
  return before === null ? null : [before, ...others];
}
