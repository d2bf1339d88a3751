/** Which commit this signer accepted last: its own file, so that no database can set it back. */
import { open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { parseCommitSha, type CommitSha } from '../../lib/core/ids/index.ts';

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

/** Durable before it counts: written aside, synced, renamed. */
export async function writeAccepted(file: string, commit: CommitSha, at: Date): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ commit, acceptedAt: at.toISOString() })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
