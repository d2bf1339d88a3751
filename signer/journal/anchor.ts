/**
 * The signer's own memory of how far the journal had come. Hashes chain the entries to one another, but who owns
 * the database could write the whole chain anew; he can't change what this file remembers.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import type { Database } from '../database/index.ts';

const anchorSchema = z.strictObject({
  seq: z.string().regex(/^\d{1,19}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
const rowSchema = z.object({
  seq: z.union([z.string(), z.bigint()]).transform(String),
  entry_hash: z.string(),
});

export type AnchorVerdict =
  | { readonly kept: true; readonly seq: string }
  /** The remembered entry is gone or another stands in its place: the journal was cut or rewritten. */
  | { readonly kept: false; readonly seq: string; readonly problem: string };

/** Compares the journal with the remembered entry and, where it still stands, remembers the newest one. */
export async function keepAnchor(database: Database, file: string): Promise<AnchorVerdict> {
  const remembered = await readAnchor(file);
  if (remembered !== null) {
    const [row] = await database.query('SELECT seq, entry_hash FROM signer.journal WHERE seq = $1', [
      remembered.seq,
    ]);
    const found = row === undefined ? null : rowSchema.parse(row).entry_hash;
    if (found !== remembered.hash) {
      const problem = `entry ${remembered.seq} had hash ${remembered.hash}; the database now has ${found ?? 'no such entry'}`;
      return { kept: false, seq: remembered.seq, problem };
    }
  }
  const [newest] = await database.query(
    'SELECT seq, entry_hash FROM signer.journal ORDER BY seq DESC LIMIT 1',
  );
  if (newest === undefined) return { kept: true, seq: '0' };
  const { seq, entry_hash: hash } = rowSchema.parse(newest);
  await writeAnchor(file, { seq, hash });
  return { kept: true, seq };
}

async function readAnchor(file: string): Promise<z.infer<typeof anchorSchema> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return anchorSchema.parse(JSON.parse(text));
}

/** Durable before it counts: written aside, synced, renamed. */
async function writeAnchor(file: string, anchor: z.infer<typeof anchorSchema>): Promise<void> {
  const handle = await open(`${file}.tmp`, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(anchor)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.tmp`, file);
}
