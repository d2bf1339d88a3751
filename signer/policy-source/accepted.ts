/** Which commits this signer accepted, in its own file, so that no database can roll it back. */
import { CodedError } from '#core/error/index.ts';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import { worthRemembering, type AcceptedCommit } from '#core/policy/acceptance/index.ts';
import { replaceFile } from '../ground/durable-file/index.ts';

const entry = z
  .strictObject({ commit: z.string(), acceptedAt: z.iso.datetime() })
  .transform(({ commit, acceptedAt }) => ({
    commit: parseCommitSha(commit),
    acceptedAt: new Date(acceptedAt),
  }));
const schema = z
  .strictObject({
    commit: z.string(),
    acceptedAt: z.string(),
    // Files of earlier versions have none.
    earlier: z.array(entry).max(1_000).default([]),
  })
  .transform(({ earlier, ...last }) => ({ last: entry.parse(last), earlier }));

export interface Accepted {
  readonly last: AcceptedCommit;
  /** Earlier ones from which guards count, oldest first. */
  readonly earlier: readonly AcceptedCommit[];
}

class AcceptedError extends CodedError<'ACCEPTED_INVALID'> {
  static override readonly errorName = 'AcceptedError';
  constructor(file: string, cause: unknown) {
    super(
      'ACCEPTED_INVALID',
      `${file}, which remembers the last accepted policy, can’t be read: restore it from a backup, or npm run reconcile -- --config signer.yaml`,
      { cause },
    );
  }
}

/** null: nothing was accepted yet. Throws ACCEPTED_INVALID where the file exists but can't be read. */
export async function readAccepted(file: string): Promise<Accepted | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AcceptedError(file, error);
  }
}

/** The record after `next` was accepted, too. */
export function withAccepted(before: Accepted | null, next: AcceptedCommit): Accepted {
  const earlier = before === null ? [] : [...before.earlier, before.last];
  return { last: next, earlier: worthRemembering(earlier, next.acceptedAt) };
}

/** Durable before it counts. */
export async function writeAccepted(file: string, { last, earlier }: Accepted): Promise<void> {
  const plain = ({ commit, acceptedAt }: AcceptedCommit) => ({
    commit,
    acceptedAt: acceptedAt.toISOString(),
  });
  await replaceFile(file, `${JSON.stringify({ ...plain(last), earlier: earlier.map(plain) })}\n`);
}
