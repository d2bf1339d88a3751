/** One inspector child: asked again and again, a JSON line for each request and lines for each answer, and cleaned up after in any case. */
import { spawn } from 'node:child_process';
import { AnswerReader } from '../answer-lines.ts';
import { GrowingBuffer } from '../growing-buffer.ts';
import { InspectorError } from '../inspector-error.ts';
import type { InspectorLimits } from '../limits.ts';
import { firstProcessBelow, isGone } from './processes.ts';

const stderrBytesMax = 64 * 1024;
/** In its whole life: it says nothing there but warnings, and why it died. */
const stderrSaidBytesMax = 4 * 1024 * 1024;
const newline = 0x0a;
/** Some milliseconds of reading. */
const turnBytes = 256 * 1024;

type ChildLimits = Pick<InspectorLimits, 'timeoutSeconds' | 'answerBytesMax' | 'memoryMebibytes'>;

export interface InspectorChild {
  /**
   * Request → the answer as parsed JSON, still of unknown shape; one at a time. Rejects with InspectorError, and then the child
   * is dead or dying: whoever asks again starts another. `seconds`: where less than the time limit is left.
   */
  ask(request: unknown, signal?: AbortSignal, seconds?: number): Promise<unknown>;
  /**
   * Kills it with all its processes → once it has closed what it speaks through: whether it is proved that no process of it is left, which
   * could still write to a file that it has open.
   */
  end(): Promise<boolean>;
  /** Lets it end by itself, which it does when nobody speaks to it any more. */
  finish(): Promise<void>;
  readonly isOver: boolean;
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: InspectorError) => void;
}

/** command + request → the answer of a child that is asked once. */
export async function runChild(
  command: readonly string[],
  request: unknown,
  limits: ChildLimits,
  signal?: AbortSignal,
): Promise<unknown> {
  if (signal?.aborted === true) throw aborted(signal);
  const child = startChild(command, limits);
  try {
    return await child.ask(request, signal);
  } finally {
    await child.end();
  }
}

export function outOfMemory(memoryMebibytes: number, detail: string): InspectorError {
  const message = `the inspector needed more than its ${memoryMebibytes} MiB of memory`;
  return new InspectorError('INSPECTOR_MEMORY', message, detail);
}

/** `isNamespaced`: the command makes a process namespace, in which nothing outlives its first process. */
export function startChild(
  [file = '', ...args]: readonly string[],
  limits: ChildLimits,
  isNamespaced = false,
): InspectorChild {
  // An empty environment holds no secrets; a separate process group can be killed as a whole.
  const child = spawn(file, args, {
    env: { NODE_ENV: 'production' },
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = Promise.withResolvers<null>();
  let asked: Asked | null = null;
  let failure: InspectorError | null = null;
  let isOver = false;
  let stderr = '';
  let stderrSaidBytes = 0;
  const unended = new GrowingBuffer();
  let outputBytes = 0;
  let bytesInTurn = 0;
  const answers = new AnswerReader();

  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  /** What was asked is rejected when the child is gone. */
  const stop = (error: InspectorError): void => {
    failure ??= error;
    kill();
  };
  const over = (error: InspectorError): void => {
    isOver = true;
    failure ??= error;
    asked?.reject(failure);
    asked = null;
    closed.resolve(null);
  };
  /** → the answer, once all of it is there; null: more is to come, or nothing will. */
  const read = (line: Buffer): { readonly answer: unknown } | null => {
    try {
      return answers.read(line.toString('utf8'));
    } catch (cause) {
      const message = 'the answer of the inspector is not JSON, or its lines are no answer';
      stop(new InspectorError('INSPECTOR_PROTOCOL', message, stderr, { cause }));
      return null;
    }
  };
  /** What was said up to an end of line; `isLast`: nothing follows it yet. */
  const heard = (end: Buffer, isLast: boolean): void => {
    unended.add(end);
    const whole = read(unended.take());
    if (whole === null) return;
    outputBytes = 0;
    if (isLast) {
      asked?.resolve(whole.answer);
      asked = null;
    } else stop(unasked());
  };
  /** Each line is read in a moment; many of them are no reason for all else to wait. */
  const giveWay = (bytes: number): void => {
    bytesInTurn += bytes;
    if (bytesInTurn < turnBytes) return;
    bytesInTurn = 0;
    child.stdout.pause();
    setImmediate(() => child.stdout.resume());
  };

  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length;
    if (outputBytes > limits.answerBytesMax) {
      const message = `the inspector's answer is over ${limits.answerBytesMax} bytes`;
      stop(new InspectorError('INSPECTOR_ANSWER_SIZE', message));
    }
    for (let at = 0; at < chunk.length && failure === null;) {
      if (asked === null) {
        stop(unasked());
        return;
      }
      const end = chunk.indexOf(newline, at) + 1;
      if (end === 0) unended.add(chunk.subarray(at));
      else heard(chunk.subarray(at, end), end === chunk.length);
      at = end === 0 ? chunk.length : end;
    }
    giveWay(chunk.length);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderrSaidBytes += chunk.length;
    if (stderrSaidBytes > stderrSaidBytesMax) stop(unasked());
    else stderr = (stderr + chunk.toString('utf8')).slice(-stderrBytesMax);
  });
  // The child may end before it has read everything: its exit is more informative than the broken pipe.
  child.stdin.on('error', () => undefined);
  child.on('error', (cause) => {
    const message = `the inspector can't be started: ${cause.message}`;
    over(new InspectorError('INSPECTOR_SANDBOX', message, '', { cause }));
  });
  child.on('close', (exitCode, signal) => {
    if (/heap out of memory|allocation failed|failed to allocate|out of memory/i.test(stderr)) {
      over(outOfMemory(limits.memoryMebibytes, stderr));
      return;
    }
    const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
    over(new InspectorError('INSPECTOR_CRASHED', `the inspector ended without an answer (${how})`, stderr));
  });

  return {
    get isOver() {
      return isOver || failure !== null;
    },
    ask(request, signal, seconds = limits.timeoutSeconds) {
      if (signal?.aborted === true) return Promise.reject(aborted(signal));
      if (failure !== null) return Promise.reject(failure);
      if (asked !== null) throw new TypeError('the inspector is asked one thing at a time');
      const timer = setTimeout(
        () => {
          const message = `the inspector took longer than ${limits.timeoutSeconds} seconds`;
          stop(new InspectorError('INSPECTOR_TIMEOUT', message));
        },
        Math.max(0, seconds) * 1000,
      );
      const onAbort = (): void => {
        if (signal !== undefined) stop(aborted(signal));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      return new Promise((resolve, reject) => {
        asked = { resolve, reject };
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }).finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      });
    },
    async finish() {
      const timer = setTimeout(kill, limits.timeoutSeconds * 1000);
      child.stdin.end();
      await closed.promise;
      clearTimeout(timer);
    },
    async end() {
      const first = isNamespaced && !isOver ? await firstProcessBelow(child.pid) : null;
      stop(new InspectorError('INSPECTOR_ABORTED', 'the request of the inspector is over'));
      await closed.promise;
      return first !== null && (await isGone(first));
    },
  };
}

const unasked = (): InspectorError =>
  new InspectorError('INSPECTOR_PROTOCOL', 'the inspector said something that it was not asked');

function aborted(signal: AbortSignal): InspectorError {
  return new InspectorError('INSPECTOR_ABORTED', 'the inspection was aborted', '', { cause: signal.reason });
}
