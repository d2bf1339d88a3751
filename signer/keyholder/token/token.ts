import type { SignatureHash } from '#core/formats/format.ts';
import pkcs11 from 'pkcs11js';
import { KeyHolderError, type WrappedKey } from '../protocol/index.ts';
import { signOnce, TokenConnection, type TokenOptions } from './connection.ts';
import { pkcs11ReturnValue, toKeyHolderError } from './error.ts';
import {
  digestOperation,
  eddsaMechanism,
  hashingOperation,
  signOperation,
  type PrivateKey,
  type SignOperation,
} from './mechanisms.ts';
import { Pkcs11Module } from './module.ts';
import { findObjects, readOrderBytes, type TokenSession } from './objects.ts';
import { readWrappingKey, withUnwrapped } from './unwrap.ts';

/** A private key to sign with: the label of an object on the token, or a key that one of its keys unwraps. */
export type SigningObject = string | WrappedKey;

const labelOf = (key: SigningObject): string => (typeof key === 'string' ? key : key.label);

/** A token on a PKCS#11 module, and what its private keys sign. Handles of keys are cached as long as the connection lasts. */
export class Pkcs11Token {
  readonly #connection: TokenConnection;
  readonly #privateKeys = new Map<string, PrivateKey>();
  readonly #wrappingKeys = new Map<string, Buffer>();

  private constructor(options: TokenOptions, module: Pkcs11Module) {
    this.#connection = new TokenConnection(options, module, () => {
      this.#privateKeys.clear();
      this.#wrappingKeys.clear();
    });
  }

  /** Loads the module, finds the token by label (slot numbers move), logs in once and opens the sessions. */
  static open(options: TokenOptions): Pkcs11Token {
    const { module, tokenLabel } = options;
    const loaded = typeof module === 'string' ? Pkcs11Module.load(module) : module;
    const token = new Pkcs11Token(options, loaded);
    try {
      token.#connection.open();
      return token;
    } catch (error) {
      if (typeof module === 'string') loaded.cryptoki.close();
      throw toKeyHolderError(error, tokenLabel, 'opening');
    }
  }

  /** The same for a token that may be missing: it is looked for when it is asked for. `problem`: null where it is there. */
  static openLater(options: TokenOptions & { readonly module: Pkcs11Module }): {
    readonly token: Pkcs11Token;
    readonly problem: KeyHolderError | null;
  } {
    const token = new Pkcs11Token(options, options.module);
    try {
      token.#connection.open();
      return { token, problem: null };
    } catch (error) {
      return { token, problem: toKeyHolderError(error, options.tokenLabel, 'opening') };
    }
  }

  get label(): string {
    return this.#connection.label;
  }

  /** Connections lost and re-established since the token was opened. */
  get reconnections(): number {
    return this.#connection.reconnections;
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
      signOperation(privateKey, { bytes: toBeSigned, hash, mechanisms: this.#connection.mechanisms }),
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
  use<T>(doing: string, run: (session: TokenSession) => Promise<T>): Promise<T> {
    return this.#connection.use(doing, run);
  }

  /** Waits for running operations, logs out, unloads the module unless it is another's. */
  close(): Promise<void> {
    return this.#connection.close();
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
}
