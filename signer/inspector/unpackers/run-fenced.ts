/** One run of a program in its fence: bounded in time, in what it says and in what it makes, and gone when this returns. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { GrowingBuffer } from '../growing-buffer.ts';
import {
  fencedCommand,
  filterDescriptor,
  infoDescriptor,
  type Fence,
  type FencedFiles,
  type FencedProgram,
  type FenceLimits,
} from './fence.ts';
import { measure, type Amount } from './output.ts';

export interface RunLimits extends FenceLimits {
  /** Wall-clock time. */
  readonly seconds: number;
  readonly textBytesMax: number;
  /** Of all that it makes. */
  readonly output: Amount;
}

export interface FencedRun {
  readonly program: FencedProgram;
  readonly args: readonly string[];
  readonly files: FencedFiles;
  readonly limits: RunLimits;
  readonly signal?: AbortSignal | undefined;
}

/** Which limit it ran into, or how it ended by itself. */
export type RunEnd =
  | { readonly kind: 'exit'; readonly code: number | null; readonly text: string }
  | { readonly kind: 'time' | 'text' | 'output' | 'aborted' }
  | { readonly kind: 'unstartable'; readonly why: string };

const watchMilliseconds = 50;
/** Until the fence itself is killed, where killing what is in it wasn't enough. */
const graceMilliseconds = 5000;

export async function runFenced(fence: Fence, run: FencedRun): Promise<RunEnd> {
  const { program, args, files, limits, signal } = run;
  if (signal?.aborted === true) return { kind: 'aborted' };
  const filterFile = `${files.output}.filter`;
  await writeFile(filterFile, fence.filter, { mode: 0o600 });
  const filter = await open(filterFile, 'r');
  try {
    return await supervise(fencedCommand(fence, program, args, files, limits), filter.fd, run);
  } finally {
    await filter.close();
    await rm(filterFile, { force: true });
  }
}

async function supervise(
  [file = '', ...args]: readonly string[],
  filter: number,
  { files, limits, signal }: FencedRun,
): Promise<RunEnd> {
  const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', 'pipe', 'pipe'];
  stdio[filterDescriptor] = filter;
  stdio[infoDescriptor] = 'pipe';
  const child: ChildProcess = spawn(file, args, { env: { NODE_ENV: 'production' }, cwd: '/', stdio });
  const inner = Promise.withResolvers<number | null>();
  const over = Promise.withResolvers<{ readonly code: number | null; readonly failure: Error | null }>();
  const state: { end: RunEnd | null; isOver: boolean } = { end: null, isOver: false };
  const text = new GrowingBuffer();
  let textBytes = 0;
  let info = '';

  const stop = (why: RunEnd): void => {
    state.end ??= why;
    // The first process of its namespace, and with it all others: bubblewrap ends once the last of them is gone.
    void Promise.race([inner.promise, sleep(graceMilliseconds, null, { ref: false })]).then((pid) => {
      if (state.isOver) return;
      if (pid === null || !kill(pid)) child.kill('SIGKILL');
    });
  };
  const heard = (chunk: Buffer): void => {
    textBytes += chunk.length;
    if (textBytes > limits.textBytesMax) stop({ kind: 'text' });
    else text.add(chunk);
  };
  child.stdout?.on('data', heard);
  child.stderr?.on('data', heard);
  const told = child.stdio[infoDescriptor];
  if (told !== null && told !== undefined && 'on' in told) {
    told.on('data', (chunk: Buffer) => {
      info = (info + chunk.toString('utf8')).slice(0, 4096);
      const pid = pidIn(info);
      if (pid !== null) inner.resolve(pid);
    });
    told.on('error', () => undefined);
  }
  child.on('error', (failure) => over.resolve({ code: null, failure }));
  child.on('close', (code) => over.resolve({ code, failure: null }));
  const timer = setTimeout(() => stop({ kind: 'time' }), limits.seconds * 1000);
  const onAbort = (): void => stop({ kind: 'aborted' });
  signal?.addEventListener('abort', onAbort, { once: true });
  const watching = (async () => {
    while (!state.isOver) {
      const made = await measure(files.output, limits.output);
      if (made === null) {
        stop({ kind: 'output' });
        return;
      }
      await sleep(watchMilliseconds, null, { ref: false });
    }
  })();
  try {
    const { code, failure } = await over.promise;
    state.isOver = true;
    inner.resolve(null);
    await watching;
    if (failure !== null) return { kind: 'unstartable', why: failure.message };
    if (state.end !== null) return state.end;
    // The last moment may have made too much.
    if ((await measure(files.output, limits.output)) === null) return { kind: 'output' };
    return { kind: 'exit', code, text: text.take().toString('utf8') };
  } finally {
    state.isOver = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

const infoText = z.object({ 'child-pid': z.number().int().positive() });

/** bubblewrap writes it as JSON, in pieces. */
function pidIn(text: string): number | null {
  try {
    return infoText.parse(JSON.parse(text))['child-pid'];
  } catch {
    return null;
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** An empty folder for what a run makes. */
export async function newOutput(folder: string, name: string): Promise<string> {
  const output = join(folder, name);
  await mkdir(output, { mode: 0o700 });
  return output;
}
