/** What the processes of a foundation have in memory, by Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

export interface ProcessInMemory {
  /** Name of the service that it belongs to. */
  readonly service: string;
  /** Its script, from the project's root: what was built, or a source; empty: it runs none. */
  readonly script: string;
  /** Paths of the files that are mapped into it. */
  readonly mapped: readonly string[];
}

const recorded = z.object({ pid: z.int().positive() });

/** Each service with a file in `pids`, and all processes below it. */
export function processesInMemory(pids: string, project: string): readonly ProcessInMemory[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The second field, the program's name, may hold spaces and brackets.
    const stat = readOrEmpty(`/proc/${name}/stat`);
    const parent = Number(/^.*\) \S (\d+)/s.exec(stat)?.[1]);
    if (Number.isInteger(parent)) parents.set(Number(name), parent);
  }
  const below = (root: number): readonly number[] => [
    root,
    ...[...parents].filter(([, parent]) => parent === root).flatMap(([child]) => below(child)),
  ];
  return readdirSync(pids)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const { pid } = recorded.parse(JSON.parse(readFileSync(join(pids, file), 'utf8')));
      return below(pid).map((each) => ({
        service: basename(file, '.json'),
        script: scriptOf(each, project),
        mapped: mappedBy(each),
      }));
    });
}

function scriptOf(pid: number, project: string): string {
  const words = readOrEmpty(`/proc/${pid}/cmdline`).split('\0');
  const script = words.find((word) => word.startsWith(`${project}/`) && /[.][jt]s$/.test(word));
  return script?.slice(project.length + 1) ?? '';
}

function mappedBy(pid: number): readonly string[] {
  const paths = readOrEmpty(`/proc/${pid}/maps`)
    .split('\n')
    .map((line) => /\s(\/.*)$/.exec(line)?.[1])
    .filter((path) => path !== undefined);
  return [...new Set(paths)];
}

/** A process may end while it is looked at. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
