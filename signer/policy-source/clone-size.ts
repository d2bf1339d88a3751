/** Disk usage of the clone. git discards nothing here, so a host that sends junk at each fetch would fill the disk. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PolicyClone } from './run-git.ts';

const packsOf = ({ directory }: Pick<PolicyClone, 'directory'>): string =>
  path.join(directory, 'objects', 'pack');

/** Size of all packs; every fetch makes one. */
export async function measureClone(clone: Pick<PolicyClone, 'directory'>): Promise<number> {
  let sum = 0;
  for (const name of await readdir(packsOf(clone)).catch(() => [])) {
    const { size } = await stat(path.join(packsOf(clone), name));
    sum += size;
  }
  return sum;
}

/** Packs that git was writing when it ended: `tmp_pack_…`, `tmp_idx_…`. Nobody else writes into this clone. */
export async function removeUnfinished(clone: Pick<PolicyClone, 'directory'>): Promise<void> {
  for (const name of await readdir(packsOf(clone)).catch(() => [])) {
    if (name.startsWith('tmp_')) await rm(path.join(packsOf(clone), name), { force: true });
  }
}
