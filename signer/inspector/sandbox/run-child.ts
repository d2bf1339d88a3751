/** Runs one child from request to answer and cleans up after it in any case. */
import { spawn } from 'node:child_process';
import { InspectorError } from '../inspector-error.ts';
import type { InspectorLimits } from '../limits.ts';

const stderrBytesMax = 64 * 1024;

interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** command + request → the answer as parsed JSON, still of unknown shape. Rejects with InspectorError. */
export async function runChild(
  command: readonly string[],
  request: unknown,
  limits: Pick<InspectorLimits, 'timeoutSeconds' | 'answerBytesMax' | 'memoryMebibytes'>,
  signal?: AbortSignal,
): Promise<unknown> {
  const { exitCode, signal: killedBy, stdout, stderr } = await exchange(command, request, limits, signal);
  if (stdout === '' || exitCode !== 0) {
    if (/heap out of memory|allocation failed|failed to allocate|out of memory/i.test(stderr)) {
      throw outOfMemory(limits.memoryMebibytes, stderr);
    }
    const how = killedBy === null ? `exit code ${exitCode}` : `signal ${killedBy}`;
    throw new InspectorError('INSPECTOR_CRASHED', `the inspector ended without an answer (${how})`, stderr);
  }
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new InspectorError('INSPECTOR_PROTOCOL', 'the answer of the inspector is not JSON', stderr, {
      cause,
    });
  }
}

export function outOfMemory(memoryMebibytes: number, detail: string): InspectorError {
  const message = `the inspector needed more than its ${memoryMebibytes} MiB of memory`;
  return new InspectorError('INSPECTOR_MEMORY', message, detail);
}

function exchange(
  [file = '', ...args]: readonly string[],
  request: unknown,
  limits: Pick<InspectorLimits, 'timeoutSeconds' | 'answerBytesMax'>,
  abort?: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    if (abort?.aborted === true) {
      reject(
        new InspectorError('INSPECTOR_ABORTED', 'the inspection was aborted', '', { cause: abort.reason }),
      );
      return;
    }
    // An empty environment holds no secrets; a separate process group can be killed as a whole.
    const child = spawn(file, args, {
      env: { NODE_ENV: 'production' },
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let failure: InspectorError | null = null;
    const stop = (error: InspectorError) => {
      failure ??= error;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    const timer = setTimeout(() => {
      const message = `the inspector took longer than ${limits.timeoutSeconds} seconds`;
      stop(new InspectorError('INSPECTOR_TIMEOUT', message));
    }, limits.timeoutSeconds * 1000);
    const onAbort = () => {
      stop(
        new InspectorError('INSPECTOR_ABORTED', 'the inspection was aborted', '', { cause: abort?.reason }),
      );
    };
    abort?.addEventListener('abort', onAbort, { once: true });

    const output: Buffer[] = [];
    let outputBytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes <= limits.answerBytesMax) output.push(chunk);
      else
        stop(
          new InspectorError(
            'INSPECTOR_PROTOCOL',
            `the inspector's answer is over ${limits.answerBytesMax} bytes`,
          ),
        );
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-stderrBytesMax);
    });
    // The child may end before it has read everything: its exit is more informative than the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify(request)}\n`);

    const settle = () => {
      clearTimeout(timer);
      abort?.removeEventListener('abort', onAbort);
    };
    child.on('error', (cause) => {
      settle();
      reject(
        new InspectorError('INSPECTOR_SANDBOX', `the inspector can't be started: ${cause.message}`, '', {
          cause,
        }),
      );
    });
    child.on('close', (exitCode, signal) => {
      settle();
      if (failure !== null) reject(failure);
      else resolve({ exitCode, signal, stdout: Buffer.concat(output).toString('utf8'), stderr });
    });
  });
}
