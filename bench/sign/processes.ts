/** Processor time and memory of a process and all below it, from proc(5). */
import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface Running {
  readonly pid: number;
  readonly ticks: number;
  /** Of these, its children's that have ended. */
  readonly endedTicks: number;
}

function running(pid: number): readonly Running[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    // utime, stime, and those of the children that have ended.
    const ticksOf = (...places: readonly number[]) => places.reduce((all, at) => all + (fields[at] ?? 0), 0);
    return [{ pid, ticks: ticksOf(11, 12, 13, 14), endedTicks: ticksOf(13, 14) }];
  } catch {
    return [];
  }
}

/** From the process down: looking through all processes of the machine took a quarter of its processor time. */
function family(pid: number): readonly Running[] {
  const found: Running[] = [];
  const next = [pid];
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    found.push(...running(one));
    // Its first thread starts all its children.
    const children = textOf(`/proc/${one}/task/${one}/children`).trim();
    if (children !== '') next.push(...children.split(' ').map(Number));
  }
  return found;
}

export interface Usage {
  readonly cpuSeconds: number;
  /** The same, by process: `ended` is git, and what else the signer waited for. */
  readonly cpuSecondsOf: Readonly<Record<'signer' | 'inspectors' | 'keyholder' | 'ended', number>>;
  /** Through read(2) and write(2), pipes and sockets too. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly inspectorMebibytes: number;
  readonly daemonMebibytes: number;
}

interface Spent {
  readonly ticks: number;
  readonly read: number;
  readonly written: number;
}

const nothing: Spent = { ticks: 0, read: 0, written: 0 };
const sum = (all: Iterable<Spent>): Spent =>
  [...all].reduce(
    (one, other) => ({
      ticks: one.ticks + other.ticks,
      read: one.read + other.read,
      written: one.written + other.written,
    }),
    nothing,
  );

const minus = (spent: Spent, earlier: Spent = nothing): Spent => ({
  ticks: spent.ticks - earlier.ticks,
  read: spent.read - earlier.read,
  written: spent.written - earlier.written,
});

/**
 * What a process and all below it use up from now on. An inspector is killed with the program around it, so that nobody is told what it
 * used: of one that is gone it counts what was seen last.
 */
export function watchUsage(pid: number): { stop(): Usage } {
  let [inspectorMebibytes, daemonMebibytes] = [0, 0];
  const inspectors = new Map<number, Spent>();
  const atStart = family(pid);
  const before = new Map(atStart.map((one) => [one.pid, spentBy(one)]));
  const endedBefore = atStart.find((one) => one.pid === pid)?.endedTicks ?? 0;
  const look = (): readonly Running[] => {
    const all = family(pid);
    for (const one of all) {
      const size = residentOf(one.pid);
      if (one.pid === pid) daemonMebibytes = Math.max(daemonMebibytes, size);
      else if (commandOf(one.pid).includes('inspector')) {
        inspectorMebibytes = Math.max(inspectorMebibytes, size);
        inspectors.set(one.pid, spentBy(one));
      }
    }
    return all;
  };
  const timer = setInterval(look, 20);
  return {
    stop() {
      clearInterval(timer);
      const all = look();
      const alive = new Set(all.map((one) => one.pid));
      const gone = [...inspectors].filter(([one]) => !alive.has(one));
      const after = sum([...all.map(spentBy), ...gone.map(([, spent]) => spent)]);
      const known = [...alive, ...gone.map(([one]) => one)];
      const start = sum(known.map((one) => before.get(one) ?? nothing));
      const cpuSeconds = (after.ticks - start.ticks) / ticksPerSecond;
      const inspected = sum([...inspectors].map(([one, spent]) => minus(spent, before.get(one)))).ticks;
      const own = all.find((one) => one.pid === pid);
      const ended = (own?.endedTicks ?? 0) - endedBefore;
      const signer = minus(own === undefined ? nothing : spentBy(own), before.get(pid)).ticks - ended;
      const cpuSecondsOf = {
        signer: signer / ticksPerSecond,
        inspectors: inspected / ticksPerSecond,
        ended: ended / ticksPerSecond,
        keyholder: cpuSeconds - (signer + inspected + ended) / ticksPerSecond,
      };
      return {
        cpuSeconds,
        cpuSecondsOf,
        readBytes: after.read - start.read,
        writtenBytes: after.written - start.written,
        inspectorMebibytes,
        daemonMebibytes,
      };
    },
  };
}

function spentBy({ pid, ticks }: Running): Spent {
  const text = textOf(`/proc/${pid}/io`);
  const of = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { ticks, read: of('rchar'), written: of('wchar') };
}

function residentOf(pid: number): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`)) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}

const commandOf = (pid: number): string => textOf(`/proc/${pid}/cmdline`);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
