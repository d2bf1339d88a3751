/** What is inside an undeclared container: to be scanned, never signed or rewritten. */
import { ArchiveError, type ArchiveIssue, type UnpackBudget } from '../archive/index.ts';

export interface InnerFile {
  /** For display: escaped, and not a path on a disk. */
  readonly name: string;
  /** Why its content can't be read; null: it can. */
  readonly closed: ArchiveIssue | null;
  /** Readable once, before the next file is requested. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Which bytes of a source belong to what was opened, all of them read. */
export type Account = (start: number, end: number) => void;

/** Counts the output of a stream whose size isn't declared. */
export async function* metered(
  content: AsyncIterable<Uint8Array>,
  budget: UnpackBudget,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > budget.limits.entrySizeBytesMax) {
      throw new ArchiveError({
        code: 'LIMIT_ENTRY_SIZE',
        message: `A compressed stream unpacks to more than ${budget.limits.entrySizeBytesMax} bytes.`,
        fix: 'Split the artifact, or ask the foundation to raise the limit.',
      });
    }
    budget.countContent(chunk.length);
    yield chunk;
  }
}

export function damaged(message: string, offset: number | null = null): ArchiveError {
  const fix = 'Build the file again; what can’t be read to its end can’t be scanned.';
  return new ArchiveError({ code: 'BAD_HEADER', message, fix }, offset);
}

export function hidden(message: string, offset: number | null = null): ArchiveError {
  const fix = 'Build the file again, with nothing appended and no gaps.';
  return new ArchiveError({ code: 'HIDDEN_DATA', message, fix }, offset);
}
