/** What went wrong, for people, and the exit status that says so to programs. */
import { ClientError } from './client/index.ts';
import { CliError } from './error.ts';
import { plain } from './plain.ts';
import { describeReason } from './show.ts';

/** The command's exit status for each kind of failure (docs/guides/command.md). */
const exitStatus: Readonly<Record<CliError['code'] | ClientError['code'], number>> = {
  REFUSED: 1,
  MISMATCH: 1,
  DENIED: 1,
  FILE: 1,
  NOT_A_PORTAL: 1,
  USAGE: 2,
  TIMEOUT: 3,
  UNREACHABLE: 4,
  UNAVAILABLE: 4,
  NOT_SIGNED_IN: 5,
  ABORTED: 130,
};

/** A fault of this program, as EX_SOFTWARE of sysexits.h has it. */
const faultStatus = 70;

/** What was thrown → what to print, and the exit status. Errors with a code of their own say what to do. */
export function describeFailure(error: unknown): { readonly text: string; readonly status: number } {
  if (error instanceof CliError) return { text: error.message, status: exitStatus[error.code] };
  // Much of it is in the portal's words.
  if (error instanceof ClientError) {
    const findings = (error.problem?.findings ?? []).flatMap((finding) => describeReason(finding, null));
    return { text: plain([error.message, ...findings].join('\n')), status: exitStatus[error.code] };
  }
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
