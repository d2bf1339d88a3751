import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuthorityError } from './error.ts';

/**
 * One writer of a publication at a time, on one machine: a file that holds the writer's process id. The lock of a
 * killed writer is taken over. Throws LOCKED while another one runs.
 */
export async function takeLock(file: string): Promise<{ release(): Promise<void> }> {
  await mkdir(dirname(file), { recursive: true });
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(String(process.pid));
      await handle.close();
      return { release: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number((await readFile(file, 'utf8').catch(() => '')).trim());
    if (Number.isInteger(owner) && owner > 0 && owner !== process.pid && isAlive(owner)) {
      throw new AuthorityError(
        'LOCKED',
        `process ${owner} publishes here already: stop it, or remove ${file} where that process is another program`,
      );
    }
    await rm(file, { force: true });
  }
  throw new AuthorityError('LOCKED', `${file} could not be acquired: another process keeps taking it`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
