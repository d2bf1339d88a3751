import pkcs11 from 'pkcs11js';
import type { SignatureHash } from '#core/formats/format.ts';
import { KeyHolderError } from '../protocol/index.ts';
import { isConnectionLost, pkcs11ReturnValue, toKeyHolderError } from './error.ts';
import {
  digestOperation,
  eddsaMechanism,
  hashingOperation,
  signOperation,
  type PrivateKey,
  type SignOperation,
} from './mechanisms.ts';
import { findObjects, findSlot, readOrderBytes, type TokenSession } from './objects.ts';

export interface TokenOptions {
  /** Path of the PKCS#11 module. */
  readonly module: string;
  readonly tokenLabel: string;
  readonly pin: string;
  /** Sessions opened, and so operations running at once. */
  readonly sessions: number;
  /** Read-write sessions are opened only by the ceremony, which makes keys. */
  readonly readWrite?: boolean;
}

/**
 * A token on a PKCS#11 module: one login, a pool of sessions with one operation each, private key handles
 * cached. When the connection is lost (session, token or module gone) it's re-established, and the operation is retried once.
 */
export class Pkcs11Token {
  readonly #options: TokenOptions;
  readonly #cryptoki = new pkcs11.PKCS11();
  readonly #privateKeys = new Map<string, PrivateKey>();
  #slot: Buffer = Buffer.alloc(0);
  #idle: Buffer[] = [];
  #waiting: (() => void)[] = [];
  #inFlight = 0;
  #generation = 0;
  #connected = false;
  #connecting: Promise<void> | null = null;
  #mechanisms: readonly number[] = [];
  #pinRefused: Error | null = null;

  private constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** Loads the module, finds the token by label (slot numbers move), logs in once and opens the sessions. */
  static open(options: TokenOptions): Pkcs11Token {
    const token = new Pkcs11Token(options);
    try {
      token.#cryptoki.load(options.module);
    } catch (cause) {
      throw new KeyHolderError(
        'MODULE_LOAD_FAILED',
        `${options.module} can't be loaded as a PKCS#11 module; check its path, architecture and libraries`,
        { cause },
      );
    }
    try {
      token.#connect();
    } catch (error) {
      token.#cryptoki.close();
      throw toKeyHolderError(error, options.tokenLabel, 'opening');
    }
    return token;
  }

  get label(): string {
    return this.#options.tokenLabel;
  }

  /** Connections lost and re-established since the token was opened. */
  get reconnections(): number {
    return Math.max(0, this.#generation - 1);
  }

  /**
   * Bytes to be signed → signature over their digest by the private key with this label: RSASSA-PKCS1-v1_5, or ECDSA as DER
   * ECDSA-Sig-Value. Throws KEY_NOT_FOUND, KEY_AMBIGUOUS, TOKEN_UNAVAILABLE, TOKEN_REFUSED.
   */
  async sign(keyLabel: string, toBeSigned: Uint8Array, hash: SignatureHash = 'sha256'): Promise<Uint8Array> {
    return this.#signWith(keyLabel, (key) =>
      signOperation(key, { bytes: toBeSigned, hash, mechanisms: this.#mechanisms }),
    );
  }

  /** As `sign`, of a digest by this hash. */
  async signDigest(keyLabel: string, digest: Uint8Array, hash: SignatureHash): Promise<Uint8Array> {
    return this.#signWith(keyLabel, (key) => digestOperation(key, digest, hash));
  }

  /**
   * As `sign`, of bytes that come one after another, hashed by the token. Where they end with an error nothing is signed; where the connection
   * is lost they are asked for once more.
   */
  async signChunks(
    keyLabel: string,
    chunks: () => AsyncIterable<Uint8Array>,
    hash: SignatureHash,
  ): Promise<Uint8Array> {
    return this.use(`signing with ${keyLabel}`, async (session) => {
      const key = this.#privateKey(session, keyLabel);
      const { mechanism, finish } = hashingOperation(key, hash);
      session.cryptoki.C_SignInit(session.handle, { mechanism }, key.handle);
      try {
        // Of no bytes, modules say that they are none.
        for await (const chunk of chunks())
          if (chunk.length > 0) session.cryptoki.C_SignUpdate(session.handle, Buffer.from(chunk));
      } catch (error) {
        // Ended as any failed operation is, it would be a signature of what came so far.
        if (pkcs11ReturnValue(error) === null) this.#replace(session);
        throw error;
      }
      return finish(await session.cryptoki.C_SignFinalAsync(session.handle, Buffer.alloc(1024)));
    });
  }

  #replace(session: TokenSession): void {
    session.cryptoki.C_CloseSession(session.handle);
    session.handle = session.cryptoki.C_OpenSession(this.#slot, pkcs11.CKF_SERIAL_SESSION);
  }

  /** Message → Ed25519 signature (RFC 8032 §5.1), by the private key with this label. Throws as `sign`. */
  async signEd25519(keyLabel: string, message: Uint8Array): Promise<Uint8Array> {
    const finish = (signature: Uint8Array): Uint8Array => new Uint8Array(signature);
    return this.#signWith(keyLabel, () => ({
      mechanism: eddsaMechanism,
      input: Buffer.from(message),
      finish,
    }));
  }

  /** `how` is called only once the token is connected, when its capabilities are known. */
  async #signWith(keyLabel: string, how: (key: PrivateKey) => SignOperation): Promise<Uint8Array> {
    return this.use(`signing with ${keyLabel}`, async (session) => {
      const key = this.#privateKey(session, keyLabel);
      // Both buffers stay referenced until the worker thread has answered: the addon doesn't hold them itself.
      const { mechanism, input, finish } = how(key);
      const output = Buffer.alloc(1024);
      session.cryptoki.C_SignInit(session.handle, { mechanism }, key.handle);
      const signature = await session.cryptoki.C_SignAsync(session.handle, input, output);
      return input.length > 0 ? finish(signature) : new Uint8Array();
    });
  }

  /** Searches a key on the token, bypassing all caches; throws when it isn't found even after reconnecting. */
  async probe(keyLabel: string): Promise<void> {
    await this.use('probing', (session) => {
      this.#privateKeys.delete(keyLabel);
      this.#privateKey(session, keyLabel);
      return Promise.resolve();
    });
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

  /** Waits for running operations, logs out, unloads the module. */
  async close(): Promise<void> {
    await this.#drained();
    this.#disconnect();
    this.#cryptoki.close();
  }

  async #useOnce<T>(run: (session: TokenSession) => Promise<T>): Promise<T> {
    const handle = await this.#takeSession();
    const generation = this.#generation;
    const session: TokenSession = { cryptoki: this.#cryptoki, handle, generation };
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
      this.#wake();
    }
  }

  async #takeSession(): Promise<Buffer> {
    for (;;) {
      if (!this.#connected) {
        this.#connecting ??= this.#reconnect().finally(() => {
          this.#connecting = null;
          this.#wake();
        });
        await this.#connecting;
        continue;
      }
      const handle = this.#idle.pop();
      if (handle !== undefined) {
        this.#inFlight += 1;
        return handle;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  async #drained(): Promise<void> {
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #reconnect(): Promise<void> {
    // Finalising the module under a running operation would crash the process.
    await this.#drained();
    this.#disconnect();
    this.#connect();
  }

  #connect(): void {
    // Each wrong PIN brings the token closer to locking: it's tried once and never again.
    if (this.#pinRefused !== null) throw this.#pinRefused;
    const { pin, sessions, readWrite } = this.#options;
    try {
      // Operations run on threads of their own: without this a module may omit locking (PKCS#11 v2.40 base §5.4).
      this.#cryptoki.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    } catch (error) {
      if (pkcs11ReturnValue(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw error;
    }
    const slot = findSlot(this.#cryptoki, this.label);
    this.#slot = slot;
    this.#mechanisms = this.#cryptoki.C_GetMechanismList(slot);
    const flags = pkcs11.CKF_SERIAL_SESSION | (readWrite === true ? pkcs11.CKF_RW_SESSION : 0);
    const handles = Array.from({ length: sessions }, () => this.#cryptoki.C_OpenSession(slot, flags));
    // One login applies to all sessions of this process (PKCS#11 v2.40 usage guide §2.6).
    for (const handle of handles.slice(0, 1)) this.#login(handle, pin);
    this.#idle = handles;
    this.#generation += 1;
    this.#connected = true;
  }

  #login(session: Buffer, pin: string): void {
    try {
      this.#cryptoki.C_Login(session, pkcs11.CKU_USER, pin);
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
    this.#privateKeys.clear();
    try {
      this.#cryptoki.C_Finalize();
    } catch (error) {
      // Nothing to close: the module has lost its state already.
      if (pkcs11ReturnValue(error) === null) throw error;
    }
  }

  #privateKey(session: TokenSession, keyLabel: string): PrivateKey {
    const cached = this.#privateKeys.get(keyLabel);
    if (cached !== undefined) return cached;
    const found = findObjects(session, pkcs11.CKO_PRIVATE_KEY, keyLabel);
    const [handle] = found;
    if (handle === undefined || found.length !== 1) {
      throw new KeyHolderError(
        found.length === 0 ? 'KEY_NOT_FOUND' : 'KEY_AMBIGUOUS',
        found.length === 0
          ? `token ${this.label} holds no private key ${keyLabel}: run the key ceremony`
          : `token ${this.label} holds ${found.length} private keys ${keyLabel}: remove or rename all but one`,
      );
    }
    const key = { handle, orderBytes: readOrderBytes(session, handle, keyLabel) };
    this.#privateKeys.set(keyLabel, key);
    return key;
  }

  /** A failed operation can stay active on its session (CKR_OPERATION_ACTIVE next time): end it. */
  #endOperation(handle: Buffer): void {
    try {
      this.#cryptoki.C_SignFinal(handle, Buffer.alloc(1024));
    } catch (error) {
      if (pkcs11ReturnValue(error) === null) throw error;
    }
  }
}
