/** Processor time and memory of a process and all below it, from proc(5). */
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function running(): readonly Running[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
        .map(Number);
      // utime, stime, and those of the children that have ended.
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
      return [{ pid: Number(name), parent: fields[1] ?? 0, ticks }];
    } catch {
      return [];
    }
  });
}

function family(pid: number): readonly Running[] {
  const all = running();
  const found = new Set([pid]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  return all.filter((one) => found.has(one.pid));
}

export function cpuSecondsOf(pid: number): number {
  return family(pid).reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond;
}

/** Watches the largest resident size of the process itself and of the inspectors below it. */
export function peakMebibytes(pid: number): {
  stop(): { readonly inspectorMebibytes: number; readonly daemonMebibytes: number };
} {
  let [inspectorMebibytes, daemonMebibytes] = [0, 0];
  const timer = setInterval(() => {
    for (const one of family(pid)) {
      const size = residentOf(one.pid);
      if (one.pid === pid) daemonMebibytes = Math.max(daemonMebibytes, size);
      else if (commandOf(one.pid).includes('inspector'))
        inspectorMebibytes = Math.max(inspectorMebibytes, size);
    }
  }, 50);
  return {
    stop() {
      clearInterval(timer);
      return { inspectorMebibytes, daemonMebibytes };
    },
  };
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
