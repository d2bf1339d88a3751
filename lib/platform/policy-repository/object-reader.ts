/**
 * Objects of a bare clone by one git process that stays: to start one copies the page tables of the portal, which takes
 * 75 ms of its thread at a gigabyte (docs/decisions/0049-policy-history-is-worked-out-once.md). Nothing is written.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { gitArguments, gitEnvironment } from '../../host/git/index.ts';
import { PolicyRepositoryError } from './git.ts';

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface ObjectReader {
  /**
   * `<id>`, `<id>^{tree}` or `<id>:<path>` → the object; null: the clone hasn't got it. Rejects GIT_FAILED, GIT_TIMEOUT,
   * TREE_UNACCEPTABLE (over 16 MiB).
   */
  read(name: string): Promise<GitObject | null>;
  /** The next question goes to a new process. */
  renew(): void;
}

const objectBytesMax = 16 * 1024 * 1024;
const waitingMax = 100_000;
const idleMilliseconds = 30_000;
const timeoutMilliseconds = 30_000;
/** No blank, no line feed: one question is one line. Objects are asked for by their whole ids. */
const nameForm = /^[0-9a-f]{40,64}(?:\^\{tree\}|:[A-Za-z0-9._/-]{0,300})?$/;

export function openObjectReader(directory: string): ObjectReader {
  let open: Reading | null = null;
  return {
    async read(name) {
      if (!nameForm.test(name)) throw new TypeError(`no name of an object: ${JSON.stringify(name)}`);
      if (open === null || open.isOver) open = new Reading(directory);
      return open.ask(name);
    },
    renew() {
      open?.end();
      open = null;
    },
  };
}

interface Question {
  readonly name: string;
  resolve(found: GitObject | null): void;
  reject(error: Error): void;
}

/** One `git cat-file --batch`: it answers in the order in which it was asked. */
class Reading {
  isOver = false;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: Question[] = [];
  #received: Buffer[] = [];
  #receivedBytes = 0;
  /** Bytes that the next answer needs at least. */
  #neededBytes = 1;
  #complaint = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(directory: string) {
    this.#child = spawn('git', gitArguments({ folder: directory }, ['cat-file', '--batch']), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: gitEnvironment(),
    });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => {
      if (this.#complaint.length < 4096) this.#complaint += chunk.toString('utf8');
    });
    // Its exit code is more informative than a broken pipe.
    this.#child.stdin.on('error', () => undefined);
    this.#child.once('error', (cause) =>
      this.#fail(new PolicyRepositoryError('GIT_FAILED', 'git could not be started', cause)),
    );
    this.#child.once('close', (code) => {
      const message = `git cat-file --batch ended with ${code ?? 'a signal'}: ${this.#complaint.trim()}`;
      this.#fail(new PolicyRepositoryError('GIT_FAILED', message));
    });
  }

  ask(name: string): Promise<GitObject | null> {
    if (this.#waiting.length >= waitingMax) {
      return Promise.reject(
        new PolicyRepositoryError('GIT_FAILED', 'too many objects are asked for at once'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, resolve, reject });
      if (this.#waiting.length === 1) this.#watch();
      this.#child.stdin.write(`${name}\n`);
    });
  }

  /** Answers what was asked, then ends. */
  end(): void {
    this.isOver = true;
    this.#child.stdin.end();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes < this.#neededBytes) return;
    let rest = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    let next = this.#next(rest);
    while (next !== null) {
      rest = rest.subarray(next);
      next = this.#next(rest);
    }
    this.#received = rest.length === 0 ? [] : [rest];
    this.#receivedBytes = rest.length;
    this.#watch();
  }

  /** `<id> SP <type> SP <size> LF <contents> LF`, or `<name> SP missing LF`. → how long it was; null: not all of it is here. */
  #next(rest: Buffer): number | null {
    const question = this.#waiting[0];
    this.#neededBytes = rest.length + 1;
    if (rest.length === 0 || question === undefined) return null;
    const feed = rest.indexOf(0x0a);
    if (feed < 0) return null;
    const header = rest.toString('latin1', 0, feed);
    if (header === `${question.name} missing`) {
      this.#waiting.shift();
      question.resolve(null);
      return feed + 1;
    }
    const [, id, type, size] = /^([0-9a-f]{40,64}) ([a-z]{1,10}) (\d{1,15})$/.exec(header) ?? [];
    if (id === undefined || type === undefined) {
      this.#fail(
        new PolicyRepositoryError(
          'GIT_FAILED',
          `git cat-file answered ${JSON.stringify(header.slice(0, 200))}`,
        ),
      );
      return null;
    }
    const bytes = Number(size);
    if (bytes > objectBytesMax) {
      const message = `${question.name} has ${bytes} bytes; at most ${objectBytesMax} are read`;
      this.#fail(new PolicyRepositoryError('TREE_UNACCEPTABLE', message));
      return null;
    }
    const end = feed + 1 + bytes;
    this.#neededBytes = end + 1;
    if (rest.length <= end) return null;
    this.#waiting.shift();
    // A copy: a few bytes of a large answer must not keep all of it.
    question.resolve({ id, type, bytes: Buffer.from(rest.subarray(feed + 1, end)) });
    return end + 1;
  }

  /** A process with pending requests keeps the portal alive; an idle one doesn't, and ends after a while. */
  #watch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const isIdle = this.#waiting.length === 0;
    // Pipes of a child are sockets, whatever they are declared to be.
    const pipes = [
      this.#child.stdin,
      this.#child.stdout,
      this.#child.stderr,
    ] as unknown as NodeJS.RefCounted[];
    for (const handle of [this.#child, ...pipes]) {
      if (isIdle) handle.unref();
      else handle.ref();
    }
    if (this.isOver && isIdle) return;
    this.#timer = isIdle
      ? setTimeout(() => this.end(), idleMilliseconds).unref()
      : setTimeout(
          () => this.#fail(new PolicyRepositoryError('GIT_TIMEOUT', 'git cat-file gave no answer')),
          timeoutMilliseconds,
        );
  }

  #fail(error: Error): void {
    this.isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#child.kill('SIGKILL');
    for (const question of this.#waiting.splice(0)) question.reject(error);
  }
}
