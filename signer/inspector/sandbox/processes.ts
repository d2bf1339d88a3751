/**
 * Whether a process namespace is gone. Its first process ends last: the system kills all others in it and waits for them before
 * (pid_namespaces(7)). So once that one is gone, nothing is left that could hold a file open, whatever it was in there.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface KnownProcess {
  readonly pid: number;
  /** Tells it from a later process with the same number. */
  readonly startTicks: string;
}

const waitMilliseconds = 2000;

/** The only child of unshare(1); null: nobody can say. */
export async function firstProcessBelow(pid: number | undefined): Promise<KnownProcess | null> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const [only, ...more] = text.trim().split(' ');
  if (only === undefined || only === '' || more.length > 0) return null;
  const found = await stateOf(Number(only));
  return found === null ? null : { pid: Number(only), startTicks: found.startTicks };
}

/** Waits for it a little; false: it is still there. */
export async function isGone({ pid, startTicks }: KnownProcess): Promise<boolean> {
  const end = performance.now() + waitMilliseconds;
  for (;;) {
    const found = await stateOf(pid);
    // A zombie has closed all its files, and the system has reaped all the others.
    if (found?.startTicks !== startTicks || found.state === 'Z') return true;
    if (performance.now() > end) return false;
    await sleep(2);
  }
}

/** Fields 3 and 22 of proc_pid_stat(5); the name before them may hold anything. */
async function stateOf(pid: number): Promise<{ readonly state: string; readonly startTicks: string } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}
