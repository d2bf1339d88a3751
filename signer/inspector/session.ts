/**
 * A child for each request, and never for two: it is started by the first operation, or is the spare that waited for one and has seen
 * nothing yet. It keeps what it has read, and ends with the request. A crash, a timeout or an answer that isn't one ends it early;
 * the next operation starts another in the same folder.
 */
import { mkdir, mkdtemp, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InspectorError, type InspectorErrorCode } from './inspector-error.ts';
import type { InspectorLimits } from './limits.ts';
import type { AnswerFailure } from './answers.ts';
import type { Message } from './messages.ts';
import { outOfMemory, startChild, type InspectorChild } from './sandbox/child.ts';
import { childCommand, inspectorProgram, type CompiledCode } from './sandbox/command.ts';
import { probeFences } from './sandbox/probe.ts';
import { answerQuestions, type Asker } from './answer-questions.ts';
import { removeAll } from './unpackers/index.ts';

export interface SessionOptions {
  readonly workDir: string;
  readonly networkNamespace?: 'required' | 'preferred';
  readonly builtIn?: string;
  /** Of a built inspector: code that children are started with, or make. */
  readonly compiled?: (work: string) => CompiledCode | null;
}

interface Session {
  /** With the next two in it. */
  readonly folder: string;
  /** What the child may write to, and all it may read besides its code, `unpacked` and `readable`. */
  readonly work: string;
  /** What other programs have unpacked for the operation at hand. */
  readonly unpacked: string;
  /** Real paths of files elsewhere that it was asked about. */
  readonly readable: Set<string>;
  child: InspectorChild | null;
  /** Whether no process of a child before may be left. */
  isClean: boolean;
  /** How long the child has worked. */
  busySeconds: number;
  /** Operations wait for each other. */
  last: Promise<unknown>;
}

type Answer<Result> = { readonly ok: true; readonly result: Result } | AnswerFailure;

interface Operation<Result> {
  readonly folder: string;
  /** Real paths of what it reads outside its folder; asked after `message`. */
  readonly reads: () => readonly string[];
  /** `work`: an empty folder that the child may write to. */
  readonly message: (work: string) => Message | Promise<Message>;
  readonly parse: (value: unknown) => Answer<Result> | Promise<Answer<Result>>;
  readonly signal: AbortSignal | undefined;
}

export class Sessions {
  readonly #options: SessionOptions;
  readonly #limits: InspectorLimits;
  readonly #open = new Map<string, Promise<Session>>();
  #keepsSpare = false;
  #spare: Promise<Session | null> | null = null;
  #isClosed = false;

  constructor(options: SessionOptions, limits: InspectorLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  /** → the child's answer, and the folder that it was given. */
  async run<Result>(
    operation: Operation<Result>,
  ): Promise<{ readonly result: Result; readonly work: string }> {
    const { folder } = operation;
    const opening = this.#open.get(folder) ?? this.#start(folder);
    this.#open.set(folder, opening);
    const session = await opening.catch((error: unknown) => {
      this.#open.delete(folder);
      throw error;
    });
    const done = session.last.then(() => this.#perform(session, operation));
    session.last = done.catch(() => undefined).then(() => this.#refillSoon());
    return done;
  }

  /**
   * Kills the request's child → once it is gone: whether it is proved that nothing of it is left to write to what it wrote, which
   * stays.
   */
  async end(folder: string): Promise<boolean> {
    const session = await this.#open.get(folder)?.catch(() => null);
    if (session === null || session === undefined) return false;
    await endChild(session);
    return session.isClean;
  }

  /** Lets the child end by itself, which writes the code that it has compiled. */
  async finish(folder: string): Promise<void> {
    const session = await this.#open.get(folder);
    await session?.child?.finish();
  }

  /** The same, and what the child wrote is removed. */
  async discard(folder: string): Promise<void> {
    const session = await this.#open.get(folder)?.catch(() => null);
    this.#open.delete(folder);
    await session?.child?.end();
    if (session !== null && session !== undefined) await removeAll(session.folder);
    this.#refill();
  }

  /** Starts the first spare, without what an earlier run of this signer left behind, once that is done which goes before. */
  prepare(before: () => Promise<void>): void {
    this.#keepsSpare = true;
    this.#spare = removeSpares(this.#options.workDir)
      .then(before)
      .then(() => this.#startSpare())
      .catch(() => null);
  }

  /** Ends the spare; children of requests end with these. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const spare = (await this.#spare) ?? null;
    this.#spare = null;
    await spare?.child?.end();
    if (spare !== null) await removeAll(spare.folder);
  }

  async #start(folder: string): Promise<Session> {
    const parent = requestFolder(this.#options.workDir, folder);
    await mkdir(parent, { recursive: true, mode: 0o700 });
    return (await this.#takeSpare()) ?? newSession(join(parent, 'inspector-'));
  }

  /** The one that waits, for this request alone. */
  async #takeSpare(): Promise<Session | null> {
    if (this.#spare === null || this.#isClosed) return null;
    const waiting = this.#spare;
    this.#spare = null;
    const spare = await waiting;
    if (spare === null || spare.child?.isOver !== true) return spare;
    await removeAll(spare.folder);
    return null;
  }

  /** Beside a short request, the start of the next one's child would take the time that somebody waits for. */
  #refillSoon(): void {
    if (this.#keepsSpare && this.#spare === null)
      setTimeout(() => this.#refill(), refillMilliseconds).unref();
  }

  #refill(): void {
    if (!this.#keepsSpare || this.#isClosed || this.#spare !== null) return;
    this.#spare = this.#startSpare().catch(() => null);
  }

  async #startSpare(): Promise<Session> {
    await mkdir(this.#options.workDir, { recursive: true, mode: 0o700 });
    const session = await newSession(join(this.#options.workDir, `${sparePrefix}${process.pid}-`));
    session.child = await this.#startIn(session);
    return session;
  }

  async #perform<Result>(session: Session, { reads, message, parse, signal }: Operation<Result>) {
    const work = await mkdtemp(join(session.work, 'op-'));
    const request = await message(work);
    const child = await this.#childFor(session, reads());
    const start = performance.now();
    try {
      const value = await this.#ask(session, { child, request, work, signal });
      return { result: await resultOf(value, parse, this.#limits), work };
    } catch (error) {
      // A file that isn't the inspected one is an answer. After anything else nobody knows what state the child is in.
      if (!(error instanceof InspectorError) || error.code !== 'INSPECTOR_INPUT') {
        await endChild(session);
      }
      throw error;
    } finally {
      session.busySeconds += (performance.now() - start) / 1000;
    }
  }

  /** One time limit for all of it, with what other programs unpack for it. */
  async #ask(
    { unpacked }: Session,
    {
      child,
      request,
      work,
      signal,
    }: Pick<Asker, 'child' | 'work' | 'signal'> & { readonly request: Message },
  ): Promise<unknown> {
    try {
      return await answerQuestions({ child, work, unpacked, limits: this.#limits, signal }, request);
    } finally {
      for (const one of await readdir(unpacked)) await removeAll(join(unpacked, one));
    }
  }

  async #childFor(session: Session, reads: readonly string[]): Promise<InspectorChild> {
    const others = reads.filter(
      (file) => !file.startsWith(session.work + sep) && !session.readable.has(file),
    );
    const { child } = session;
    // The system's limit of processor time is for a process: each operation finds at least its own share left.
    const isSpent = session.busySeconds > this.#limits.timeoutSeconds;
    if (child !== null && others.length === 0 && !isSpent && !child.isOver) return child;
    await endChild(session);
    for (const file of others) session.readable.add(file);
    session.child = await this.#startIn(session);
    session.busySeconds = 0;
    return session.child;
  }

  async #startIn({ readable, unpacked, work }: Session): Promise<InspectorChild> {
    const fences = await probeFences();
    if (fences.namespaces === null && this.#options.networkNamespace === 'required') {
      throw new InspectorError(
        'INSPECTOR_SANDBOX',
        'no network namespace: allow unshare(1) (user namespaces) for the signer, or configure `preferred`',
      );
    }
    const files = { read: [...readable, unpacked + sep], write: [work + sep] };
    const program = inspectorProgram(this.#options.builtIn);
    const compiled = this.#options.compiled?.(work) ?? null;
    const command = childCommand(program, fences, this.#limits, files, compiled);
    return startChild(command, this.#limits, fences.namespaces !== null);
  }
}

/** After an operation of a request that isn't over by then; at its end in any case. */
const refillMilliseconds = 500;

/** Names of folders of spares begin so, with the process that they belong to; a request's folder has its id. */
const sparePrefix = 'spare-';
const codePrefix = 'code-';

/** Where this process keeps what its children start with; removed as spares are. */
export const codeFolder = (workDir: string): string => join(workDir, `${codePrefix}${process.pid}`);

async function newSession(prefix: string): Promise<Session> {
  const folder = await realpath(await mkdtemp(prefix));
  const [work, unpacked] = [join(folder, 'work'), join(folder, 'unpacked')];
  await mkdir(work, { mode: 0o700 });
  await mkdir(unpacked, { mode: 0o700 });
  return {
    folder,
    work,
    unpacked,
    readable: new Set(),
    child: null,
    isClean: true,
    busySeconds: 0,
    last: Promise.resolve(),
  };
}

async function endChild(session: Session): Promise<void> {
  const { child } = session;
  session.child = null;
  if (child !== null && !(await child.end())) session.isClean = false;
}

async function removeSpares(workDir: string): Promise<void> {
  const names = await readdir(workDir).catch(() => []);
  const isOurs = (name: string): boolean => [sparePrefix, codePrefix].some((one) => name.startsWith(one));
  for (const name of names.filter(isOurs)) {
    const [, owner = ''] = name.split('-');
    if (!isRunning(Number(owner))) await removeAll(join(workDir, name));
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function requestFolder(workDir: string, folder: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(folder)) {
    throw new InspectorError(
      'INSPECTOR_IO',
      `not a folder name: ${JSON.stringify(folder)}; use the request's id`,
    );
  }
  return join(workDir, folder);
}

const failureCodes: Record<AnswerFailure['code'], InspectorErrorCode> = {
  INPUT: 'INSPECTOR_INPUT',
  NOT_REWRITABLE: 'INSPECTOR_NOT_REWRITABLE',
  IO: 'INSPECTOR_IO',
  MEMORY: 'INSPECTOR_MEMORY',
  DEFECT: 'INSPECTOR_CRASHED',
};

async function resultOf<Result>(
  value: unknown,
  parse: Operation<Result>['parse'],
  limits: InspectorLimits,
): Promise<Result> {
  let answer: Answer<Result>;
  try {
    answer = await parse(value);
  } catch (cause) {
    throw new InspectorError('INSPECTOR_PROTOCOL', "the inspector's answer doesn't match the protocol", '', {
      cause,
    });
  }
  if (answer.ok) return answer.result;
  if (answer.code === 'MEMORY') throw outOfMemory(limits.memoryMebibytes, answer.message);
  if (answer.code === 'NOT_REWRITABLE')
    throw new InspectorError(failureCodes[answer.code], answer.message, answer.fix);
  throw new InspectorError(failureCodes[answer.code], `the inspector refused: ${answer.message}`);
}
