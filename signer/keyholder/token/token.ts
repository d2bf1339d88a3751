import pkcs11 from 'pkcs11js';
import type { SignatureHash } from '#core/formats/format.ts';
import { KeyHolderError, type WrappedKey } from '../protocol/index.ts';
import { isConnectionLost, pkcs11ReturnValue, toKeyHolderError } from './error.ts';
import {
  digestOperation,
  eddsaMechanism,
  hashingOperation,
  signOperation,
  type PrivateKey,
  type SignOperation,
} from './mechanisms.ts';
import { Pkcs11Module } from './module.ts';
import { findObjects, findSlot, readOrderBytes, type TokenSession } from './objects.ts';
import { readWrappingKey, withUnwrapped } from './wrapped-keys.ts';

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

/** A private key to sign with: the label of an object on the token, or a key that one of its keys unwraps. */
export type SigningObject = string | WrappedKey;

const labelOf = (key: SigningObject): string => (typeof key === 'string' ? key : key.label);

/** Looking for a token interrupts the others of its module, so it isn't done for every request. */
const lookEveryMs = 10_000;
/** For other tokens' operations to end; requests that come meanwhile wait. */
const othersMs = 3_000;

/**
 * A token on a PKCS#11 module: one login, a pool of sessions with one operation each, handles cached. When the connection is lost (session, token
 * or module gone) it's re-established, and the operation is retried once.
 */
export class Pkcs11Token {
  readonly #options: TokenOptions;
  readonly #module: Pkcs11Module;
  readonly #privateKeys = new Map<string, PrivateKey>();
  readonly #wrappingKeys = new Map<string, Buffer>();
  #slot: Buffer = Buffer.alloc(0);
  #idle: Buffer[] = [];
  #waiting: (() => void)[] = [];
  #inFlight = 0;
  /** Of this token's connections. */
  #generation = 0;
  /** The module's, with which the sessions were opened. */
  #moduleGeneration = 0;
  #connected = false;
  #connecting: Promise<void> | null = null;
  #lastFailure: { readonly at: number; readonly error: unknown } | null = null;
  #mechanisms: readonly number[] = [];
  #pinRefused: Error | null = null;

  private constructor(options: TokenOptions, module: Pkcs11Module) {
    this.#options = options;
    this.#module = module;
  }

  /** Loads the module, finds the token by label (slot numbers move), logs in once and opens the sessions. */
  static open(options: TokenOptions): Pkcs11Token {
    const { module, tokenLabel } = options;
    const loaded = typeof module === 'string' ? Pkcs11Module.load(module) : module;
    const token = new Pkcs11Token(options, loaded);
    try {
      loaded.initialise();
      token.#connect();
    } catch (error) {
      if (typeof module === 'string') loaded.cryptoki.close();
      throw toKeyHolderError(error, tokenLabel, 'opening');
    }
    return token;
  }

  /** The same for a token that may be missing: it is looked for when it is asked for. `problem`: null where it is there. */
  static openLater(options: TokenOptions & { readonly module: Pkcs11Module }): {
    readonly token: Pkcs11Token;
    readonly problem: KeyHolderError | null;
  } {
    const token = new Pkcs11Token(options, options.module);
    try {
      options.module.initialise();
      token.#connect();
      return { token, problem: null };
    } catch (error) {
      token.#lastFailure = { at: Date.now(), error };
      return { token, problem: toKeyHolderError(error, options.tokenLabel, 'opening') };
    }
  }

  get label(): string {
    return this.#options.tokenLabel;
  }

  /** Connections lost and re-established since the token was opened. */
  get reconnections(): number {
    return Math.max(0, this.#generation - 1);
  }

  /**
   * Bytes to be signed → signature over their digest by this private key: RSASSA-PKCS1-v1_5, or ECDSA as DER
   * ECDSA-Sig-Value. Throws KEY_NOT_FOUND, KEY_AMBIGUOUS, WRAPPED_KEY_INVALID, KEY_EXTRACTABLE, TOKEN_UNAVAILABLE, TOKEN_REFUSED.
   */
  async sign(
    key: SigningObject,
    toBeSigned: Uint8Array,
    hash: SignatureHash = 'sha256',
  ): Promise<Uint8Array> {
    return this.#signWith(key, (privateKey) =>
      signOperation(privateKey, { bytes: toBeSigned, hash, mechanisms: this.#mechanisms }),
    );
  }

  /** As `sign`, of a digest by this hash. */
  async signDigest(key: SigningObject, digest: Uint8Array, hash: SignatureHash): Promise<Uint8Array> {
    return this.#signWith(key, (privateKey) => digestOperation(privateKey, digest, hash));
  }

  /**
   * As `sign`, of bytes that come one after another, hashed by the token. Where they end with an error nothing is signed; where the connection
   * is lost they are asked for once more.
   */
  async signChunks(
    key: SigningObject,
    chunks: () => AsyncIterable<Uint8Array>,
    hash: SignatureHash,
  ): Promise<Uint8Array> {
    return this.use(`signing with ${labelOf(key)}`, (session) =>
      this.#withKey(session, key, async (privateKey) => {
        const { mechanism, finish } = hashingOperation(privateKey, hash);
        session.cryptoki.C_SignInit(session.handle, { mechanism }, privateKey.handle);
        try {
          // Of no bytes, modules say that they are none.
          for await (const chunk of chunks())
            if (chunk.length > 0) session.cryptoki.C_SignUpdate(session.handle, Buffer.from(chunk));
        } catch (error) {
          // Ended as any failed operation is, it would be a signature of what came so far.
          if (pkcs11ReturnValue(error) === null) session.replace();
          throw error;
        }
        return finish(await session.cryptoki.C_SignFinalAsync(session.handle, Buffer.alloc(1024)));
      }),
    );
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
  async #signWith(key: SigningObject, how: (key: PrivateKey) => SignOperation): Promise<Uint8Array> {
    return this.use(`signing with ${labelOf(key)}`, (session) =>
      this.#withKey(session, key, (privateKey) => signOnce(session, privateKey, how(privateKey))),
    );
  }

  #withKey<T>(session: TokenSession, key: SigningObject, run: (key: PrivateKey) => Promise<T>): Promise<T> {
    if (typeof key === 'string') return run(this.#privateKey(session, key));
    const by = this.#wrappingKey(session, key.by);
    return withUnwrapped(session, { key, by, tokenLabel: this.label }, run);
  }

  /** Searches a key on the token, bypassing all caches; throws when it isn't found even after reconnecting. */
  async probe(keyLabel: string): Promise<void> {
    await this.use('probing', (session) => {
      this.#privateKeys.delete(keyLabel);
      this.#privateKey(session, keyLabel);
      return Promise.resolve();
    });
  }

  /** The same of a wrapping key, with its attributes. */
  async probeWrappingKey(keyLabel: string): Promise<void> {
    await this.use('probing', (session) => {
      this.#wrappingKeys.delete(keyLabel);
      this.#wrappingKey(session, keyLabel);
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
      if (!this.#connected || this.#moduleGeneration !== this.#module.generation) {
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
      const isGood = this.#connected && this.#moduleGeneration === this.#module.generation;
      const handle = isGood ? this.#idle.pop() : undefined;
      if (handle !== undefined) {
        this.#inFlight += 1;
        return handle;
      }
      this.#module.leave();
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  async #reconnect(): Promise<void> {
    const module = this.#module;
    // Where another token had the module initialised again, that's enough.
    if (this.#moduleGeneration !== module.generation && this.#lastFailure === null)
      return this.#connectAgain();
    const others = module.users - (this.#generation > 0 && this.#isCounted ? 1 : 0);
    const failure = this.#lastFailure;
    const every = this.#options.lookEveryMs ?? lookEveryMs;
    if (others > 0 && failure !== null && Date.now() - failure.at < every) throw failure.error;
    await module.restart(module.generation, others > 0 ? othersMs : Infinity);
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

  #isCounted = false;

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
    this.#privateKeys.clear();
    this.#wrappingKeys.clear();
    if (this.#isCounted) this.#module.disconnected();
    this.#isCounted = false;
  }

  #wrappingKey(session: TokenSession, keyLabel: string): Buffer {
    const cached = this.#wrappingKeys.get(keyLabel);
    if (cached !== undefined) return cached;
    const { handle } = readWrappingKey(session, keyLabel, this.label);
    this.#wrappingKeys.set(keyLabel, handle);
    return handle;
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
      this.#module.cryptoki.C_SignFinal(handle, Buffer.alloc(1024));
    } catch (error) {
      if (pkcs11ReturnValue(error) === null) throw error;
    }
  }
}

async function signOnce(
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
