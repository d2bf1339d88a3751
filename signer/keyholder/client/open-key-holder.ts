import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import {
  type AnswerMessage,
  answerMessageSchema,
  type ChildOptions,
  childOptionsSchema,
  KeyHolderError,
  type KeyHolderErrorCode,
  type KeyHolderHealth,
  type ModuleEnvironment,
  type PinSource,
  type GrantPurpose,
  type RequestMessage,
} from '../protocol/index.ts';
import { redeem, type SigningGrant } from '../grant/index.ts';
import { locatePkcs11Module } from './locate-module.ts';
import { startChild } from './child-process.ts';
import { documentsFolder, pathOfDocument, type SignedDocument } from './documents.ts';
import { createTurns } from './turns.ts';

export interface KeyHolderOptions {
  /** PKCS#11 module; null: an installed SoftHSM. */
  readonly module: string | null;
  readonly tokenLabel: string;
  readonly pin: PinSource;
  /** Others on the same module: where one of several tokens is missing, the keys of the others sign. */
  readonly furtherTokens?: readonly { readonly label: string; readonly pin: PinSource }[];
  readonly registryFile: string;
  readonly journalFile: string;
  /** Records of the journal, beyond which they become a segment (decision 0131). */
  readonly segmentRecords?: number | undefined;
  /** Value of SOFTHSM2_CONF for the child, where the module is SoftHSM. */
  readonly softhsmConf?: string | null | undefined;
  /** Further variables that the module reads. */
  readonly moduleEnvironment?: ModuleEnvironment | undefined;
  readonly rate?: { readonly signaturesPerMinuteMax: number };
  readonly sessions?: number;
  /** The purposes that it signs for, where these are fewer than its keys'. */
  readonly purposes?: readonly GrantPurpose[];
  /** Only keys, certificates and tokens that conform to FIPS 186-5. */
  readonly fips?: boolean;
  /** Folder of the files whose own bytes keys of projects sign; left out: none are. */
  readonly documents?: string;
  readonly timeouts?: { readonly openMs?: number; readonly signMs?: number };
}

/** The port the daemon signs through: a grant in, a signature out, no key, algorithm or digest to choose. */
export interface KeyHolder {
  /**
   * Redeems the grant: each call needs a new one, and the same content gets the same signature. `document`: the granted file, where the key signs its
   * own bytes.
   */
  sign(grant: SigningGrant, document?: SignedDocument | null): Promise<{ readonly signature: Uint8Array }>;
  health(): Promise<KeyHolderHealth>;
  /** Reads the registry again: waits for signatures in progress, ends the process, and starts another. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Failures that another start can't fix or must not try: each wrong PIN brings the token closer to locking. */
const final: ReadonlySet<KeyHolderErrorCode> = new Set([
  'PIN_WRONG',
  'PIN_LOCKED',
  'PIN_SOURCE_INVALID',
  'JOURNAL_TAMPERED',
  'NOT_APPROVED',
]);

/** A file is read and hashed at no less than 20 MB/s. */
const bytesPerMs = 20_000;

/** A journal from before segments is read and cut into segments at no less than 5 MB/s, once. */
const journalBytesPerMs = 5_000;

/** Requests waiting for the child; beyond this the daemon has to slow down. */
const pendingMax = 256;

interface Pending {
  readonly resolve: (answer: AnswerMessage) => void;
  readonly reject: (error: KeyHolderError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Starts the key holder's process and waits until token, journal and registry are open. A child that dies
 * fails the requests it had (CHILD_EXITED) and is started again by the next request.
 */
export async function openKeyHolder(options: KeyHolderOptions): Promise<KeyHolder> {
  const childOptions = childOptionsSchema.parse({
    module: await locatePkcs11Module(options.module),
    tokens: [{ label: options.tokenLabel, pin: options.pin }, ...(options.furtherTokens ?? [])].map(
      ({ label, pin }) => ({
        label,
        pin: 'file' in pin ? { file: resolve(pin.file) } : pin,
        pinRefused: null,
      }),
    ),
    registryFile: resolve(options.registryFile),
    journalFile: resolve(options.journalFile),
    segmentRecords: options.segmentRecords ?? 50_000,
    sessions: options.sessions ?? 4,
    signaturesPerMinuteMax: options.rate?.signaturesPerMinuteMax ?? 600,
    purposes: options.purposes ?? null,
    documents: await documentsFolder(options.documents),
    fips: options.fips ?? false,
  });
  await mkdir(dirname(childOptions.journalFile), { recursive: true });
  const holder = new ChildKeyHolder(childOptions, options);
  await holder.start();
  return holder;
}

/** The child's end of the pipe is closed. */
class NotSentError extends KeyHolderError {
  static override readonly errorName = 'NotSentError';
}

class ChildKeyHolder implements KeyHolder {
  #childOptions: ChildOptions;
  readonly #environment: ModuleEnvironment;
  readonly #openMs: number;
  readonly #signMs: number;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  #opening: Promise<void> | null = null;
  #refused: KeyHolderError | null = null;
  #nextId = 1;
  readonly #inTurn = createTurns();

  constructor(childOptions: ChildOptions, options: KeyHolderOptions) {
    this.#childOptions = childOptions;
    const softHsm = options.softhsmConf ?? process.env['SOFTHSM2_CONF'];
    this.#environment = {
      ...options.moduleEnvironment,
      ...(softHsm === undefined ? {} : { SOFTHSM2_CONF: softHsm }),
    };
    this.#openMs = options.timeouts?.openMs ?? 20_000;
    this.#signMs = options.timeouts?.signMs ?? 15_000;
  }

  sign(
    grant: SigningGrant,
    document: SignedDocument | null = null,
  ): Promise<{ readonly signature: Uint8Array }> {
    // The limit of time is that of a file by itself: read side by side, many large ones would all be late, and end the child.
    return document === null ? this.#sign(grant, null) : this.#inTurn(() => this.#sign(grant, document));
  }

  async #sign(
    grant: SigningGrant,
    document: SignedDocument | null,
  ): Promise<{ readonly signature: Uint8Array }> {
    const path = document === null ? null : await pathOfDocument(this.#childOptions.documents, document);
    const readMs = Math.ceil((document?.sizeBytes ?? 0) / bytesPerMs);
    const request = { kind: 'sign', id: 0, grant: redeem(grant), document: path } as const;
    const answer = await this.#ask(request, this.#signMs + readMs);
    if (answer.kind !== 'signature') throw unexpected(answer);
    return { signature: Buffer.from(answer.signature, 'base64') };
  }

  async health(): Promise<KeyHolderHealth> {
    const answer = await this.#ask({ kind: 'health', id: 0 }, this.#signMs);
    if (answer.kind !== 'health') throw unexpected(answer);
    return answer.health;
  }

  async restart(): Promise<void> {
    const child = this.#child;
    if (child !== null) {
      await this.#exchange(child, { kind: 'close', id: 0 }, this.#signMs).catch(() => undefined);
      await stop(child);
    }
    await this.start();
  }

  async close(): Promise<void> {
    this.#refused ??= new KeyHolderError('CLOSED', 'the key holder was closed');
    const child = this.#child;
    if (child === null) return;
    await this.#exchange(child, { kind: 'close', id: 0 }, this.#signMs).catch(() => undefined);
    await stop(child);
  }

  /** Starts the child where none runs. Concurrent callers share one start. */
  start(): Promise<void> {
    if (this.#refused !== null) return Promise.reject(this.#refused);
    if (this.#child !== null && this.#opening === null) return Promise.resolve();
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #open(): Promise<void> {
    const child = startChild(this.#childOptions, this.#environment);
    this.#child = child;
    child.on('message', (message: unknown) => this.#receive(message));
    child.once('error', () => this.#exited(child, 'could not be started'));
    child.once('exit', (code, signal) => this.#exited(child, `exited (${signal ?? code})`));
    try {
      const answer = await this.#exchange(
        child,
        { kind: 'open', id: 0, options: this.#childOptions },
        this.#openMs + (await this.#journalMs()),
      );
      if (answer.kind !== 'opened') throw unexpected(answer);
      this.#keepRefusedPins(answer.pinsRefused);
    } catch (error) {
      if (error instanceof KeyHolderError && final.has(error.code)) this.#refused = error;
      await stop(child);
      throw error;
    }
  }

  async #journalMs(): Promise<number> {
    const journal = await stat(this.#childOptions.journalFile).catch(() => null);
    return Math.ceil((journal?.size ?? 0) / journalBytesPerMs);
  }

  /** The next process doesn't try them: each wrong PIN brings its token closer to locking. */
  #keepRefusedPins(refused: Readonly<Record<string, string>>): void {
    const tokens = this.#childOptions.tokens.map((token) => ({
      ...token,
      pinRefused: refused[token.label] ?? token.pinRefused,
    }));
    this.#childOptions = { ...this.#childOptions, tokens };
  }

  async #ask(request: RequestMessage, timeoutMs: number): Promise<AnswerMessage> {
    await this.start();
    const child = this.#child;
    if (child === null) throw new KeyHolderError('CHILD_EXITED', 'the key holder stopped; try again');
    try {
      return await this.#exchange(child, request, timeoutMs);
    } catch (error) {
      if (!(error instanceof NotSentError)) throw error;
    }
    // It died and its exit isn't known here yet. It never received the request, so the next child may.
    await stop(child);
    this.#exited(child, 'stopped');
    await this.start();
    if (this.#child === null) throw new KeyHolderError('CHILD_EXITED', 'the key holder stopped; try again');
    return this.#exchange(this.#child, request, timeoutMs);
  }

  #exchange(child: ChildProcess, request: RequestMessage, timeoutMs: number): Promise<AnswerMessage> {
    if (this.#pending.size >= pendingMax) {
      return Promise.reject(
        new KeyHolderError('BUSY', `${pendingMax} requests wait for the HSM already; send fewer at once`),
      );
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle(id)?.reject(
          new KeyHolderError('TIMEOUT', `the HSM gave no answer to ${request.kind} in ${timeoutMs} ms`),
        );
        // A call that hangs in the module can't be cancelled: only a new process helps.
        child.kill('SIGKILL');
      }, timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      child.send({ ...request, id }, (error) => {
        if (error === null) return;
        this.#settle(id)?.reject(
          new NotSentError('CHILD_EXITED', 'the key holder stopped; try again', { cause: error }),
        );
      });
    });
  }

  #receive(message: unknown): void {
    const answer = answerMessageSchema.safeParse(message);
    if (!answer.success) {
      this.#child?.kill('SIGKILL');
      return;
    }
    const pending = this.#settle(answer.data.id);
    if (pending === null) return;
    if (answer.data.kind !== 'error') pending.resolve(answer.data);
    else pending.reject(new KeyHolderError(answer.data.code, answer.data.message));
  }

  #settle(id: number): Pending | null {
    const pending = this.#pending.get(id);
    if (pending === undefined) return null;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    return pending;
  }

  #exited(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id)?.reject(
        new KeyHolderError(
          'CHILD_EXITED',
          `the key holder ${how}; request the same again, it is signed once`,
        ),
      );
    }
  }
}

function unexpected(answer: AnswerMessage): KeyHolderError {
  return new KeyHolderError('PROTOCOL', `unexpected answer ${answer.kind} from the key holder`);
}

/** Ends the child and waits for it: its journal must be free before another one opens it. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = setTimeout(() => child.kill('SIGKILL'), 2_000);
  if (child.connected) child.disconnect();
  else child.kill('SIGKILL');
  await exited;
  clearTimeout(kill);
}
