import { FormatError } from '../format.ts';

export type MsiErrorCode = 'NOT_MSI' | 'ALREADY_SIGNED' | 'SIGNATURE_INVALID' | 'UNREADABLE' | 'DIFFERS';

/** A compound file that can't be read, or signed, as one of Windows Installer. */
export class MsiError extends FormatError<MsiErrorCode> {
  static override readonly errorName = 'MsiError';
}

/** The fix that several checks share. */
export const signUnsigned =
  'Submit the installer as it was before any signing; `osslsigncode remove-signature` takes a signature off.';

export const replaceIt =
  'Write `existingSignature: replace`, or submit the installer as it was before any signing.';

/** What an installer says of itself can't be read for sure. `what`: a sentence's end. */
export function unreadable(what: string, cause?: Error): MsiError {
  const fix =
    'Build the installer again with its tables as Windows writes them, and with a code page where texts are not plain ASCII (WiX: Codepage="1252").';
  return new MsiError('UNREADABLE', what, fix, cause === undefined ? undefined : { cause });
}
