import { ArchiveError, type ArchiveIssueCode } from '../archive/index.ts';

const makeAnew = 'Make the cabinet anew with makecab, gcab or WiX, as one file, and submit it unchanged.';

/** `message` goes on after "The cabinet". */
export function cabError(
  code: ArchiveIssueCode,
  message: string,
  offset: number | null = null,
  fix = makeAnew,
): ArchiveError {
  return new ArchiveError({ code, message: `The cabinet ${message}.`, fix }, offset);
}
