/** Whether a host, and not what was asked of it, is why something failed: its disks and its limits. Operators mend that; nobody's request is wrong. */

export interface HostFault {
  /** As the system names it: errno(3), or PostgreSQL's SQLSTATE for a server that has no room. */
  readonly code: keyof typeof faults;
  /** What is the matter, as the end of a sentence about a place. */
  readonly what: string;
  readonly isFull: boolean;
  /** What of the host it was about, where the error says so. */
  readonly path: string | null;
}

const faults = {
  ENOSPC: ['no space is left on its file system', true],
  EDQUOT: ['the quota of its file system is used up', true],
  EFBIG: ['this process may not write larger files', true],
  EROFS: ['its file system can only be read, as after faults of the disk', false],
  EIO: ['its disk reports faults', false],
  EMFILE: ['this process has too many files open', false],
  ENFILE: ['the host has too many files open', false],
  '53100': ['no space is left for PostgreSQL', true],
} as const satisfies Record<string, readonly [string, boolean]>;

const causesMax = 5;

/** Looks through causes, too; null: the fault is another one. */
export function hostFaultOf(error: unknown): HostFault | null {
  let at = error;
  for (let depth = 0; depth <= causesMax && typeof at === 'object' && at !== null; depth += 1) {
    const { code, path, cause } = at as { code?: unknown; path?: unknown; cause?: unknown };
    if (typeof code === 'string' && Object.hasOwn(faults, code)) {
      const known = code as keyof typeof faults;
      const [what, isFull] = faults[known];
      return { code: known, what, isFull, path: typeof path === 'string' ? path : null };
    }
    at = cause;
  }
  return null;
}

/** The same for what another process said of its own fault, as Node.js words it: `ENOSPC: no space left on device, write`. */
export function hostFaultSaid(message: string): HostFault | null {
  const code = /\b(ENOSPC|EDQUOT|EROFS|EIO|EMFILE|ENFILE): /.exec(message)?.[1];
  return code === undefined ? null : hostFaultOf({ code });
}

/** Which file it was, as Node.js says it where it knows: what is written through an open file names none. Throws what it was given. */
export function throwNaming(file: string, error: unknown): never {
  if (error instanceof Error && hostFaultOf(error) !== null && !('path' in error)) {
    Object.assign(error, { path: file });
    error.message += ` '${file}'`;
  }
  throw error;
}
