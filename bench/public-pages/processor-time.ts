/** What a process and the programs it ran have used of the processors. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** In milliseconds; of all its threads by the nanosecond (sched_debug: /proc/PID/task/TID/schedstat), of ended children in hundredths of a second. */
export function processorMilliseconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // A thread that ended meanwhile.
    }
  }
  // proc_pid_stat(5): cutime and cstime.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return nanoseconds / 1e6 + (Number(fields[13]) + Number(fields[14])) * 10;
}
