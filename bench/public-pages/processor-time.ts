/** What a process and the programs it ran have used of the processors. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * In milliseconds; of all its threads and those of children that run (its git) by the nanosecond (sched_debug:
 * /proc/PID/task/TID/schedstat), of ended children in hundredths of a second. A child that ends counts less from then on.
 */
export function processorMilliseconds(pid: number): number {
  let nanoseconds = 0;
  for (const child of childrenOf(pid)) nanoseconds += nanosecondsOf(child);
  nanoseconds += nanosecondsOf(pid);
  // proc_pid_stat(5): cutime and cstime.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return nanoseconds / 1e6 + (Number(fields[13]) + Number(fields[14])) * 10;
}

/** proc_tid_children(5). */
function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const listed = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
      return listed
        .split(' ')
        .filter((one) => one.trim() !== '')
        .map(Number);
    } catch {
      return [];
    }
  });
}

function nanosecondsOf(pid: number): number {
  let nanoseconds = 0;
  let threads: readonly string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    // It ended meanwhile, and counts among those that did.
    return 0;
  }
  for (const thread of threads) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // A thread that ended meanwhile.
    }
  }
  return nanoseconds;
}
