/** What the portal, the programs it ran, and its sessions of PostgreSQL have used of the processors. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { z } from 'zod';

/** Used since it was asked the last time, in milliseconds. */
export interface Meter {
  readonly portal: number;
  readonly database: number;
}

const pidSchema = z.object({ pid: z.number() });

/** `owner`: a session that may see those of others. */
export function openMeter(portal: number, owner: pg.Client): () => Promise<Meter> {
  let known = new Map<number, number>();
  let before = { portal: 0, ended: 0 };
  return async () => {
    const { rows } = await owner.query(
      `SELECT pid FROM pg_stat_activity WHERE usename = 'countersign_portal' AND datname = current_database()`,
    );
    const pids = rows.map((row) => pidSchema.parse(row).pid);
    const now = new Map(pids.map((pid) => [pid, nanosecondsOf(pid) / 1e6]));
    // Parallel workers end with their query; the server counts its ended children in hundredths of a second.
    const [some] = pids;
    const at = {
      portal: processorMilliseconds(portal),
      ended: some === undefined ? before.ended : endedMilliseconds(parentOf(some)),
    };
    const sessions = Array.from(now, ([pid, used]) => used - (known.get(pid) ?? 0));
    const used = {
      portal: at.portal - before.portal,
      database: sessions.reduce((sum, session) => sum + session, 0) + at.ended - before.ended,
    };
    [known, before] = [now, at];
    return used;
  };
}

/**
 * In milliseconds; of all its threads and those of children that run (its git) by the nanosecond (sched_debug:
 * /proc/PID/task/TID/schedstat), of ended children in hundredths of a second. A child that ends counts less from then on.
 */
function processorMilliseconds(pid: number): number {
  let nanoseconds = 0;
  for (const child of childrenOf(pid)) nanoseconds += nanosecondsOf(child);
  nanoseconds += nanosecondsOf(pid);
  return nanoseconds / 1e6 + endedMilliseconds(pid);
}

/** proc_pid_stat(5), from the third field on. */
const fieldsOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];

/** cutime and cstime. */
function endedMilliseconds(pid: number): number {
  const fields = fieldsOf(pid);
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

const parentOf = (pid: number): number => Number(fieldsOf(pid)[1]);

/** proc_tid_children(5). */
function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const listed = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
      return listed
        .split(' ')
        .filter((part) => part.trim() !== '')
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
