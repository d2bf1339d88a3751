/**
 * What can be wrong with an archive. An issue is a value with a message and a fix for the maintainer; an ArchiveError
 * reports one from a reader that can't continue (the structure itself is broken).
 */
import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';
import { fail, type Finding } from '../../wire/finding/index.ts';

export type ArchiveIssueCode =
  | 'WRONG_FORMAT'
  | 'TRUNCATED'
  | 'TRAILING_DATA'
  | 'HIDDEN_DATA'
  | 'MULTIPLE_MEMBERS'
  | 'BAD_HEADER'
  | 'BAD_CHECKSUM'
  | 'AMBIGUOUS'
  | 'OVERLAP'
  | 'HEADER_MISMATCH'
  | 'PAX_KEYWORD'
  | 'EXTRA_FIELD'
  | 'ENCRYPTED'
  | 'UNSUPPORTED'
  | 'LINK'
  | 'SPECIAL_FILE'
  | 'NAME_ENCODING'
  | 'NAME_CHARACTERS'
  | 'NAME_LENGTH'
  | 'NAME_TRAVERSAL'
  | 'NAME_ABSOLUTE'
  | 'NAME_BACKSLASH'
  | 'NAME_WINDOWS'
  | 'DUPLICATE_NAME'
  | 'CASE_COLLISION'
  | 'UNICODE_COLLISION'
  | 'NAME_CONFLICT'
  | 'LIMIT_RATIO'
  | 'LIMIT_TOTAL_SIZE'
  | 'LIMIT_ENTRY_SIZE'
  | 'LIMIT_ENTRIES'
  | 'LIMIT_DEPTH'
  | 'LIMIT_NAMES'
  | 'NOT_REWRITABLE';

export interface ArchiveIssue {
  readonly code: ArchiveIssueCode;
  /** One plain sentence: what is wrong. Names in it are escaped by `showName`. */
  readonly message: string;
  /** What the maintainer changes so that it passes. */
  readonly fix: string;
}

export class ArchiveError extends CodedError<ArchiveIssueCode> {
  static override readonly errorName = 'ArchiveError';
  readonly fix: string;
  /** Byte offset in the container (in the unpacked stream for a compressed one), where known. */
  readonly offset: number | null;
  constructor(issue: ArchiveIssue, offset: number | null = null, options?: ErrorFacts) {
    super(issue.code, issue.message, { context: { offset }, ...options });
    this.fix = issue.fix;
    this.offset = offset;
  }
}

/** LIMIT_RATIO → `archive.limit-ratio`. */
export function archiveRule(code: ArchiveIssueCode): string {
  return `archive.${code.toLowerCase().replaceAll('_', '-')}`;
}

/** issue or ArchiveError → the finding that refuses the artifact. `at`: where what has the issue is, if that is known. */
export function archiveFinding(
  issue: ArchiveIssue | ArchiveError,
  path: readonly string[],
  at: number | null = null,
): Finding {
  const offset = issue instanceof ArchiveError ? issue.offset : at;
  return fail({
    rule: archiveRule(issue.code),
    message: issue.message,
    fix: issue.fix,
    found: offset === null ? null : `at byte ${offset}`,
    path,
  });
}

const shownMax = 120;

/**
 * A name from an archive → text that is safe in a message, a log and a terminal: quoted, at most 120
 * characters, everything outside printable ASCII as a \u escape (so that look-alikes and bidi tricks are visible).
 */
export function showName(name: string): string {
  const cut = name.length > shownMax ? `${name.slice(0, shownMax)}…` : name;
  const escaped = JSON.stringify(cut).replace(/[^\x20-\x7e]/gu, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return codePoint > 0xffff
      ? `\\u{${codePoint.toString(16)}}`
      : `\\u${codePoint.toString(16).padStart(4, '0')}`;
  });
  return escaped;
}
