/** One run of the Action: submits or attaches, tells the runner, and waits where that is asked for. → the exit status. */
import { isError } from '#core/error/index.ts';
import { ClientError } from '../cli/client/index.ts';
import { ActionError } from './error.ts';
import { inInputs } from './in-inputs.ts';
import { readInputs, type Inputs } from './read-inputs.ts';
import { tell } from './report.ts';
import { annotation, logLine, masks } from './runner/commands.ts';
import type { Environment } from './runner/environment.ts';
import { followRequest } from './follow-request.ts';
import { findRequest, type Step } from './submit-request.ts';

export interface Host {
  readonly env: Environment;
  readonly stdout: { write(text: string): unknown };
  cwd(): string;
  on(signal: 'SIGINT' | 'SIGTERM', act: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', act: () => void): unknown;
  exit(status: number): unknown;
}

/** As the command has them (docs/guides/command.md). */
const exitStatus = {
  refused: 1,
  usage: 2,
  waiting: 3,
  unreachable: 4,
  notSignedIn: 5,
  fault: 70,
  interrupted: 130,
} as const;

/** A runner that cancels sends SIGINT, kills after 7.5 seconds, and asks once more by SIGTERM before (actions/runner). */
const lastWordsMilliseconds = 5_000;

export async function runStep(host: Host): Promise<number> {
  const { env } = host;
  const interruption = new AbortController();
  const line = (text: string): void => void host.stdout.write(`${text}\n`);
  const step: Step = {
    environment: env,
    folder: host.cwd(),
    signal: interruption.signal,
    command: line,
    say: (text) => line(logLine(text)),
    made: null,
  };
  const interrupt = (): void => {
    if (interruption.signal.aborted) return;
    interruption.abort();
    setTimeout(() => host.exit(exitStatus.interrupted), lastWordsMilliseconds).unref();
  };
  host.on('SIGINT', interrupt);
  host.on('SIGTERM', interrupt);
  try {
    const inputs = readInputs(env);
    for (const secret of secretsOf(inputs)) for (const mask of masks(secret)) line(mask);
    const found = await findRequest(step, inputs);
    step.made = found;
    tell.made(step, found);
    return (await followRequest(step, inputs, found)) ? 0 : exitStatus.refused;
  } catch (error) {
    return ended(step, error);
  } finally {
    host.off('SIGINT', interrupt);
    host.off('SIGTERM', interrupt);
  }
}

/** The runner hides what it knows to be secret itself; a value may come from elsewhere. */
const secretsOf = ({ token, task }: Inputs): readonly string[] =>
  [token, task.kind === 'submit' ? task.bundleFrom?.token : null].filter((one) => typeof one === 'string');

/** Says what went wrong, and how to go on with a request that is there. */
function ended(step: Step, error: unknown): number {
  const { status, title, text } = step.signal.aborted
    ? { status: exitStatus.interrupted, title: 'Countersign: interrupted', text: 'The step was cancelled.' }
    : described(error);
  const goesOn =
    step.made === null || status === exitStatus.refused
      ? ''
      : `The request ${step.made.id} goes on without this run: ${step.made.url}. To go on with it, use request-id: ${step.made.id} in place of file, or run this job again.`;
  step.command(
    annotation(
      status === exitStatus.interrupted ? 'warning' : 'error',
      title,
      [text, goesOn].filter((one) => one !== '').join('\n'),
    ),
  );
  if (error instanceof ClientError && error.problem !== null) tell.findings(step, error.problem.findings);
  return status;
}

function described(error: unknown): {
  readonly status: number;
  readonly title: string;
  readonly text: string;
} {
  if (isError(error, ActionError)) {
    const status = error.code === 'INPUT' ? exitStatus.usage : exitStatus.unreachable;
    return { status, title: 'Countersign', text: error.message };
  }
  if (!isError(error, ClientError)) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return {
      status: exitStatus.fault,
      title: 'Countersign',
      text: `A fault of the Action: ${what}. Please report it.`,
    };
  }
  const status = {
    USAGE: exitStatus.usage,
    FILE: exitStatus.refused,
    TIMEOUT: exitStatus.waiting,
    UNAVAILABLE: exitStatus.unreachable,
    UNREACHABLE: exitStatus.unreachable,
    ABORTED: exitStatus.interrupted,
    NOT_SIGNED_IN: exitStatus.notSignedIn,
    REFUSED: exitStatus.refused,
    NOT_A_PORTAL: exitStatus.refused,
    MISMATCH: exitStatus.refused,
  }[error.code];
  return {
    status,
    title: `Countersign: ${error.problem?.code ?? error.code}`,
    text: inInputs(error.message),
  };
}
