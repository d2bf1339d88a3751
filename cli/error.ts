import { CodedError } from '#core/error/index.ts';

/** Errors for people at a terminal: one message with its fix. */
export class CliError extends CodedError<
  'USAGE' | 'REFUSED' | 'UNREACHABLE' | 'UNAVAILABLE' | 'MISMATCH' | 'DENIED' | 'TIMEOUT'
> {
  static override readonly errorName = 'CliError';
  constructor(code: CliError['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** The command's exit status for each kind of failure. */
const exitStatus: Readonly<Record<CliError['code'], number>> = {
  REFUSED: 1,
  MISMATCH: 1,
  DENIED: 1,
  USAGE: 2,
  TIMEOUT: 3,
  UNREACHABLE: 4,
  UNAVAILABLE: 4,
};

/** A fault of this program, as EX_SOFTWARE of sysexits.h has it. */
const faultStatus = 70;

/** What was thrown → what to print, and the exit status. Errors with a code of their own say what to do. */
export function describeFailure(error: unknown): { readonly text: string; readonly status: number } {
  if (error instanceof CliError) return { text: error.message, status: exitStatus[error.code] };
  if (error instanceof Error && 'syscall' in error)
    return { text: `the system refuses: ${error.message}`, status: 1 };
  // The project's errors have literal codes; those of Node begin with ERR_ and are nobody's message to a user.
  if (error instanceof Error && 'code' in error && !String(error.code).startsWith('ERR_'))
    return { text: error.message, status: 1 };
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    text: `a fault of this program: ${what}\nPlease report it; with COUNTERSIGN_TRACE=1 in the environment, the command shows where it was.`,
    status: faultStatus,
  };
}
