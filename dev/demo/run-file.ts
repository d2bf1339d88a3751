/** The file that says which process runs the demo, and where its portal is: the countersign command looks here for an address. */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { processIdentity, type StackPaths } from '../stack/index.ts';

const note = z.object({
  pid: z.int().positive(),
  identity: z.string().min(1),
  portal: z.string().optional(),
});

export const runFile = (paths: Pick<StackPaths, 'state'>): string => join(paths.state, 'demo-running.json');

/**
 * Claims the folder for this process → null; or the process that has it. If two start at once, one gets it. A claim left behind
 * by a killed demo is taken over.
 */
export async function claimRun(paths: Pick<StackPaths, 'state'>): Promise<number | null> {
  const file = runFile(paths);
  const own = `${file}.${process.pid}`;
  await writeNote(own);
  try {
    for (;;) {
      try {
        // Linked, not written: the file is there with its content or not at all.
        await link(own, file);
        return null;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await holderOf(file);
      if (holder !== null) return holder;
      await clearStale(file, own);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Says where the portal is. */
export async function noteRun(
  paths: Pick<StackPaths, 'state'>,
  more: { readonly portal: string },
): Promise<void> {
  const own = `${runFile(paths)}.${process.pid}`;
  await writeNote(own, more);
  await rename(own, runFile(paths));
}

export const releaseRun = (paths: Pick<StackPaths, 'state'>): Promise<void> =>
  rm(runFile(paths), { force: true });

async function writeNote(file: string, more: { readonly portal?: string } = {}): Promise<void> {
  const identity = await processIdentity(process.pid);
  await writeFile(file, JSON.stringify({ pid: process.pid, identity, ...more }));
}

/** The process that a file names, if that very process still runs. */
async function holderOf(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const parsed = note.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { pid, identity } = parsed.data;
  return (await processIdentity(pid)) === identity ? pid : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // cut short by a crash: it tells nothing
  }
}

/** Moved away before it is removed: if another start has claimed the folder in the meantime, it gets the file back. */
async function clearStale(file: string, own: string): Promise<void> {
  const aside = `${own}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await holderOf(aside)) !== null) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}
