/** Why something in a file stays closed that no reader has looked at. */
import { ArchiveError } from '#core/formats/archive/index.ts';
import { nameOf, type FormatId } from '#core/formats/recognise/index.ts';

export const tooMany = {
  code: 'UNSUPPORTED',
  message: 'It contains more archives than are opened in one file.',
  fix: 'Remove the file, or declare it as opaque.',
} as const;

export const triedEnough = {
  code: 'UNSUPPORTED',
  message: 'It has so many marks of compressed streams that not all of them were tried.',
  fix: 'Remove the file, or declare it as opaque.',
} as const;

export const givenUp = {
  code: 'LIMIT_TOTAL_SIZE',
  message: 'Other archives in the artifact went over the limits, so this one was not opened.',
  fix: 'Split the artifact, or ask the foundation to raise the limits.',
} as const;

export function encryptedIn(format: FormatId): ArchiveError {
  const message = `It is ${nameOf(format)}: only holders of the key can see what is in it.`;
  return new ArchiveError({
    code: 'ENCRYPTED',
    message,
    fix: 'Pack it without encryption, or leave it out.',
  });
}

export function unknownIn(format: FormatId): ArchiveError {
  const message = `It is ${nameOf(format)}, which the signer can’t open.`;
  return new ArchiveError({
    code: 'UNSUPPORTED',
    message,
    fix: 'Pack it as zip or tar (plain, gzip, xz, bzip2 or Zstandard), or leave it out.',
  });
}
