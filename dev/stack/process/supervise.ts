import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StackError } from '../error.ts';
import { processIdentity } from './identity.ts';

const pidRecord = z.object({
  pid: z.int().positive(),
  identity: z.string().min(1),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
});

export interface ProcessSpecification {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly pidFile: string;
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** the signal that asks for an orderly end; SIGTERM where unsaid */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** true once the process has ended for any reason */
  readonly ended: () => boolean;
  stop(): Promise<void>;
}

/** Pids of children that still run, so that an orderly exit of this process leaves none behind. */
const running = new Map<number, NodeJS.Signals>();
let closing = false;
process.on('exit', () => {
  for (const [pid, signal] of running) signalProcess(pid, signal);
});

/** Ends every service that this process has started, those that are just being started too; none starts any more. */
export async function endServices(): Promise<void> {
  closing = true;
  for (const [pid, signal] of [...running].reverse()) {
    const identity = await processIdentity(pid);
    if (identity !== null) await stopProcess(pid, identity, signal);
    running.delete(pid);
  }
}

/** A program that runs for a moment: an exit of this process ends it, too. */
export function endWithThisProcess(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  running.set(pid, 'SIGTERM');
  child.once('exit', () => running.delete(pid));
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The last lines of a log, for error messages; at most 4 KiB. */
function logTail(logFile: string, lines = 15): string {
  if (!existsSync(logFile)) return '(no log)';
  return readFileSync(logFile, 'utf8').slice(-4096).trimEnd().split('\n').slice(-lines).join('\n');
}

/** Ends the process a pid file names, if that very process still runs; removes the file. */
export async function stopRecordedProcess(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const record = pidRecord.safeParse(parseJson(readFileSync(pidFile, 'utf8')));
  if (record.success) await stopProcess(record.data.pid, record.data.identity, record.data.stopSignal);
  rmSync(pidFile, { force: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // a pid file cut short by a crash tells nothing
  }
}

/** Sends the signal, waits up to 20 s, then sends SIGKILL. The start time is compared before each signal: pids are used again. */
export async function stopProcess(pid: number, identity: string, signal: NodeJS.Signals): Promise<void> {
  for (const [attempt, waitMs] of [
    [signal, 20_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if ((await processIdentity(pid)) !== identity) return;
    // SIGKILL is sent to the whole process group: children of a killed service have nobody left to end them.
    signalProcess(attempt === 'SIGKILL' ? -pid : pid, attempt);
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if ((await processIdentity(pid)) !== identity) return;
      await sleep(25);
    }
  }
  throw new StackError('STOP_FAILED', `process ${pid} doesn't end, not even with SIGKILL`);
}

/**
 * Starts a background process with its own log and pid file. A process left over from an earlier, killed run is
 * ended first. The child leads its own process group: Ctrl-C in the terminal reaches it only through stop().
 */
export async function startProcess(specification: ProcessSpecification): Promise<RunningProcess> {
  const { name, command, pidFile, logFile, stopSignal = 'SIGTERM' } = specification;
  await stopRecordedProcess(pidFile);
  if (closing) throw new StackError('START_FAILED', `${name} isn’t started: everything is being stopped`);
  mkdirSync(dirname(pidFile), { recursive: true });
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(command, specification.args, {
    stdio: ['ignore', log, log],
    detached: true,
    ...(specification.cwd === undefined ? {} : { cwd: specification.cwd }),
    env: specification.env ?? process.env,
    ...(specification.uid === undefined ? {} : { uid: specification.uid }),
    ...(specification.gid === undefined ? {} : { gid: specification.gid }),
  });
  closeSync(log);
  let hasEnded = false;
  // Before anything is awaited: ending this process while it starts a service ends that service.
  if (child.pid !== undefined) running.set(child.pid, stopSignal);
  child.once('exit', () => {
    hasEnded = true;
    if (child.pid !== undefined) running.delete(child.pid);
  });
  const spawned = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      hasEnded = true;
      reject(
        new StackError('START_FAILED', `${name}: ${command} can't be started: ${cause.message}`, { cause }),
      );
    });
  });
  await spawned;
  const pid = child.pid ?? 0;
  const identity = await processIdentity(pid);
  child.unref();
  if (identity === null) {
    throw new StackError('START_FAILED', `${name} ended as soon as it started\n${logTail(logFile)}`);
  }
  writeFileSync(pidFile, JSON.stringify({ pid, identity, stopSignal }));
  return {
    name,
    pid,
    logFile,
    ended: () => hasEnded,
    stop: async () => {
      await stopProcess(pid, identity, stopSignal);
      running.delete(pid);
      rmSync(pidFile, { force: true });
    },
  };
}

/**
 * Waits until `probe` succeeds. Throws with the log's tail when the process ends first or the time is up.
 * A probe that throws or answers false is asked again after 50 ms, later after 250 ms.
 */
export async function waitUntilHealthy(
  service: Pick<RunningProcess, 'name' | 'logFile' | 'ended'>,
  probe: () => Promise<boolean>,
  timeoutSeconds: number,
): Promise<void> {
  const startedAt = Date.now();
  let last = 'no answer yet';
  while (Date.now() - startedAt < timeoutSeconds * 1000) {
    if (service.ended()) {
      throw new StackError(
        'START_FAILED',
        `${service.name} ended while starting\n${describeLog(service.logFile)}`,
      );
    }
    try {
      if (await probe()) return;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(Date.now() - startedAt < 2000 ? 50 : 250);
  }
  throw new StackError(
    'NOT_HEALTHY',
    `${service.name} isn't ready after ${timeoutSeconds} s (${last})\n${describeLog(service.logFile)}`,
  );
}

function describeLog(logFile: string): string {
  return `end of ${logFile}:\n${logTail(logFile).replaceAll(/^/gm, '  ')}`;
}
