/** A lock that is a file with the number of the process that holds it. Plain JavaScript for Node ≥ 20. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { step } from './steps.mjs';

/** Does `work` while no other process does any under the same lock. One that its holder left behind is taken over. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  if (!take(file)) {
    await step(`Waiting for process ${holderOf(file) ?? '?'}, which is setting up (${file})`, async () => {
      while (!take(file)) await sleep(250);
    });
  }
  const leave = () => rmSync(file, { force: true });
  process.on('exit', leave);
  try {
    return await work();
  } finally {
    process.off('exit', leave);
    leave();
  }
}

/** Linked, not written: the file is there with its content or not at all. */
function take(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    clearStale(file, own);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moved away before it is removed: if another process has taken the lock in the meantime, it gets the file back. */
function clearStale(file, own) {
  const holder = holderOf(file);
  if (holder !== null && runs(holder)) return;
  const aside = `${own}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = holderOf(aside);
  if (moved !== null && runs(moved)) {
    try {
      linkSync(aside, file);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
  rmSync(aside, { force: true });
}
