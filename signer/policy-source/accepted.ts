/** Which commit this signer accepted last: its own file, so that no database can set it back. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseCommitSha, type CommitSha } from '../../lib/core/ids/index.ts';
import { replaceFile } from '../durable-file/index.ts';

const schema = z.strictObject({ commit: z.string(), acceptedAt: z.string() });

export async function readAccepted(file: string): Promise<CommitSha | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return parseCommitSha(schema.parse(JSON.parse(text)).commit);
}

/** Durable before it counts. */
export async function writeAccepted(file: string, commit: CommitSha, at: Date): Promise<void> {
  await replaceFile(file, `${JSON.stringify({ commit, acceptedAt: at.toISOString() })}\n`);
}
