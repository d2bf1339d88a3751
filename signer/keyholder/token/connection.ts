/** The connection to a token: one login, a pool of sessions with one operation each. When it is lost it's re-established, and the operation is retried once. */
import pkcs11 from 'pkcs11js';
import { isConnectionLost, pkcs11ReturnValue, toKeyHolderError } from './error.ts';
import { signOperation, type PrivateKey, type SignOperation } from './mechanisms.ts';
import type { Pkcs11Module } from './module.ts';
import { findSlot, type TokenSession } from './objects.ts';

export interface TokenOptions {
  /** The PKCS#11 module: its path, or as it is loaded already for another token. */
  readonly module: string | Pkcs11Module;
  readonly tokenLabel: string;
  readonly pin: string;
  /** Sessions opened, and so operations running at once. */
  readonly sessions: number;
  /** Read-write sessions are opened only by the ceremony, which makes keys. */
  readonly readWrite?: boolean;
  /** For tests: how often a token that is gone is looked for while others are in use, in milliseconds. */
  readonly lookEveryMs?: number;
}

/** Looking for a token interrupts the others of its module, so it isn't done for every request. */
const lookEveryMs = 10_000;
/** For other tokens' operations to end; requests that come meanwhile wait. */
const othersMs = 3_000;

export class TokenConnection {
  readonly #options: TokenOptions;
  readonly #module: Pkcs11Module;
  /** Handles that were found are good no more. */
  readonly #forget: () => void;
  #slot: Buffer = Buffer.alloc(0);
  #idle: Buffer[] = [];
  #waiting: (() => void)[] = [];
  #inFlight = 0;
  /** Of this token's connections. */
  #generation = 0;
  /** The module's, with which the sessions were opened. */
  #moduleGeneration = 0;
  #connected = false;
  /** Among the module's users. */
  #isCounted = false;
  #connecting: Promise<void> | null = null;
  #lastFailure: { readonly at: number; readonly error: unknown } | null = null;
  #mechanisms: readonly number[] = [];
  #pinRefused: Error | null = null;

  constructor(options: TokenOptions, module: Pkcs11Module, forget: () => void) {
    this.#options = options;
    this.#module = module;
    this.#forget = forget;
  }

  /** Throws whatever PKCS#11 says. */
  open(): void {
    try {
      this.#module.initialise();
      this.#connect();
    } catch (error) {
      this.#lastFailure = { at: Date.now(), error };
      throw error;
    }
  }

  get label(): string {
    return this.#options.tokenLabel;
  }

  get mechanisms(): readonly number[] {
    return this.#mechanisms;
  }

  /** Connections lost and re-established since the token was opened. */
  get reconnections(): number {
    return Math.max(0, this.#generation - 1);
  }

  /** Runs one operation on a session of its own. `doing` is named in errors. */
  async use<T>(doing: string, run: (session: TokenSession) => Promise<T>): Promise<T> {
    try {
      return await this.#useOnce(run);
    } catch (error) {
      if (!isConnectionLost(error)) throw toKeyHolderError(error, this.label, doing);
    }
    try {
      return await this.#useOnce(run);
    } catch (error) {
      throw toKeyHolderError(error, this.label, doing);
    }
  }

  /** Waits for running operations, logs out, unloads the module unless it is another's. */
  async close(): Promise<void> {
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#disconnect();
    if (typeof this.#options.module === 'string') await this.#module.close();
  }

  async #useOnce<T>(run: (session: TokenSession) => Promise<T>): Promise<T> {
    const handle = await this.#takeSession();
    const generation = this.#generation;
    const session: TokenSession = {
      cryptoki: this.#module.cryptoki,
      handle,
      generation,
      mechanisms: this.#mechanisms,
      replace: () => this.#replace(session),
      sign: (key, bytes) =>
        signOnce(session, key, signOperation(key, { bytes, hash: 'sha256', mechanisms: this.#mechanisms })),
    };
    try {
      return await run(session);
    } catch (error) {
      // The first operation that notices marks the connection as lost; the next one to take a session re-establishes it.
      if (isConnectionLost(error) && generation === this.#generation) this.#connected = false;
      else if (pkcs11ReturnValue(error) !== null) this.#endOperation(session.handle);
      throw error;
    } finally {
      this.#inFlight -= 1;
      if (generation === this.#generation) this.#idle.push(session.handle);
      this.#module.leave();
      this.#wake();
    }
  }

  /** Whoever gets one is at work with the module until `leave`. */
  async #takeSession(): Promise<Buffer> {
    for (;;) {
      if (!this.#isGood()) {
        this.#connecting ??= this.#reconnect().finally(() => {
          this.#connecting = null;
          this.#wake();
        });
        await this.#connecting;
        continue;
      }
      if (this.#idle.length === 0) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      await this.#module.enter();
      // Another took it, or the module was initialised again meanwhile.
      const handle = this.#isGood() ? this.#idle.pop() : undefined;
      if (handle !== undefined) {
        this.#inFlight += 1;
        return handle;
      }
      this.#module.leave();
    }
  }

  #isGood(): boolean {
    return this.#connected && this.#moduleGeneration === this.#module.generation;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  async #reconnect(): Promise<void> {
    const module = this.#module;
    // Where another token had the module initialised again, that's enough.
    if (this.#moduleGeneration !== module.generation && this.#lastFailure === null) {
      this.#connectAgain();
      return;
    }
    const others = module.users - (this.#isCounted ? 1 : 0);
    const failure = this.#lastFailure;
    const every = this.#options.lookEveryMs ?? lookEveryMs;
    if (others > 0 && failure !== null && Date.now() - failure.at < every) throw failure.error;
    try {
      await module.restart(module.generation, others > 0 ? othersMs : Infinity);
    } catch (error) {
      this.#lastFailure = { at: Date.now(), error };
      throw error;
    }
    this.#connectAgain();
  }

  #connectAgain(): void {
    this.#disconnect();
    try {
      this.#connect();
      this.#lastFailure = null;
    } catch (error) {
      this.#lastFailure = { at: Date.now(), error };
      throw error;
    }
  }

  #connect(): void {
    // Each wrong PIN brings the token closer to locking: it's tried once and never again.
    if (this.#pinRefused !== null) throw this.#pinRefused;
    const { pin, sessions } = this.#options;
    const { cryptoki } = this.#module;
    const slot = findSlot(cryptoki, this.label);
    this.#slot = slot;
    this.#mechanisms = cryptoki.C_GetMechanismList(slot);
    const flags = this.#sessionFlags();
    const handles = Array.from({ length: sessions }, () => cryptoki.C_OpenSession(slot, flags));
    // One login applies to all sessions of this process (PKCS#11 v2.40 usage guide §2.6).
    for (const handle of handles.slice(0, 1)) this.#login(handle, pin);
    this.#idle = handles;
    this.#generation += 1;
    this.#moduleGeneration = this.#module.generation;
    this.#connected = true;
    this.#isCounted = true;
    this.#module.connected();
  }

  #login(session: Buffer, pin: string): void {
    try {
      this.#module.cryptoki.C_Login(session, pkcs11.CKU_USER, pin);
    } catch (error) {
      const value = pkcs11ReturnValue(error);
      if (value === 'CKR_USER_ALREADY_LOGGED_IN') return;
      if (error instanceof Error && value?.startsWith('CKR_PIN_') === true) this.#pinRefused = error;
      throw error;
    }
  }

  #disconnect(): void {
    this.#connected = false;
    this.#idle = [];
    this.#forget();
    if (this.#isCounted) this.#module.disconnected();
    this.#isCounted = false;
  }

  #replace(session: TokenSession): void {
    const { cryptoki } = this.#module;
    cryptoki.C_CloseSession(session.handle);
    const flags = this.#sessionFlags();
    session.handle = cryptoki.C_OpenSession(this.#slot, flags);
  }

  #sessionFlags(): number {
    return pkcs11.CKF_SERIAL_SESSION | (this.#options.readWrite === true ? pkcs11.CKF_RW_SESSION : 0);
  }

  /** A failed operation can stay active on its session (CKR_OPERATION_ACTIVE next time): end it. */
  #endOperation(handle: Buffer): void {
    try {
      this.#module.cryptoki.C_SignFinal(handle, Buffer.alloc(1024));
    } catch (error) {
      if (pkcs11ReturnValue(error) === null) throw error;
    }
  }
}

/** Bytes → signature, in a session that has nothing else to do. */
export async function signOnce(
  session: TokenSession,
  key: PrivateKey,
  { mechanism, input, finish }: SignOperation,
): Promise<Uint8Array> {
  // Both buffers stay referenced until the worker thread has answered: the addon doesn't hold them itself.
  const output = Buffer.alloc(1024);
  session.cryptoki.C_SignInit(session.handle, { mechanism }, key.handle);
  const signature = await session.cryptoki.C_SignAsync(session.handle, input, output);
  return input.length > 0 ? finish(signature) : new Uint8Array();
}
