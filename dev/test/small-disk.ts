/**
 * A real file system with a size, so that writing to it fails as on a full disk. As root it is mounted; else it is in a namespace of a process of its
 * own, and reached through that process, which needs user namespaces (`lacksSmallDisks` says where there are none).
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const fillerName = '.filler';

export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #end: () => Promise<void>;

  private constructor(path: string, end: () => Promise<void>) {
    [this.path, this.#end] = [path, end];
  }

  static async make(kibibytes: number): Promise<SmallDisk> {
    const options = ['-t', 'tmpfs', '-o', `size=${kibibytes}k,mode=700`, 'tmpfs'];
    const point = mkdtempSync(join(tmpdir(), 'countersign-disk-'));
    if (process.getuid?.() === 0 && spawnSync('mount', [...options, point]).status === 0)
      return new SmallDisk(point, () => {
        // Files may still be open; it goes with the last of them.
        execFileSync('umount', ['--lazy', point]);
        rmdirSync(point);
        return Promise.resolve();
      });
    const script = 'mount "$@" && echo mounted && exec cat';
    const child = spawn(
      'unshare',
      ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', ...options, point],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    await mounted(child);
    return new SmallDisk(`/proc/${child.pid}/root${point}`, async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      rmdirSync(point);
    });
  }

  /** Takes all of its room but so much. */
  fill(leavingKibibytes = 0): void {
    const file = openSync(join(this.path, fillerName), 'a');
    try {
      for (const size of [65_536, 4096]) {
        const bytes = Buffer.alloc(size);
        try {
          while (writeSync(file, bytes) === size);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    } finally {
      closeSync(file);
    }
    if (leavingKibibytes === 0) return;
    const filler = join(this.path, fillerName);
    truncateSync(filler, Math.max(0, statSync(filler).size - leavingKibibytes * 1024));
  }

  free(): void {
    rmSync(join(this.path, fillerName), { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }
}

async function mounted(child: ChildProcess): Promise<void> {
  const [said] = (await Promise.race([
    child.stdout === null ? [] : once(child.stdout, 'data'),
    once(child, 'exit'),
  ])) as unknown[];
  if (!Buffer.isBuffer(said))
    throw new Error('a file system could be mounted neither by root nor in a namespace');
}
