/**
 * A PKCS#11 module as this process has it: one state for all of its tokens, since whoever finalises it takes every session away. It is initialised
 * again when a token is lost, as many modules look for tokens only then.
 */
import pkcs11 from 'pkcs11js';
import { KeyHolderError } from '../protocol/index.ts';
import { pkcs11ReturnValue } from './error.ts';

export class Pkcs11Module {
  readonly cryptoki = new pkcs11.PKCS11();
  readonly #path: string;
  #inFlight = 0;
  #waiting: (() => void)[] = [];
  #restarting: Promise<void> | null = null;
  #users = 0;
  #generation = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws MODULE_LOAD_FAILED. Whoever loads one closes it, after its tokens. */
  static load(path: string): Pkcs11Module {
    const module = new Pkcs11Module(path);
    try {
      module.cryptoki.load(path);
    } catch (cause) {
      throw new KeyHolderError(
        'MODULE_LOAD_FAILED',
        `${path} can't be loaded as a PKCS#11 module; check its path, architecture and libraries`,
        { cause },
      );
    }
    return module;
  }

  /** How often it was initialised: sessions and handles are good for one number. */
  get generation(): number {
    return this.#generation;
  }

  /** Tokens that are connected. */
  get users(): number {
    return this.#users;
  }

  connected(): void {
    this.#users += 1;
  }

  disconnected(): void {
    this.#users -= 1;
  }

  initialise(): void {
    if (this.#generation > 0) return;
    this.#initialise();
  }

  /** Waits while it is being initialised again. Whoever entered leaves, whatever happens. */
  async enter(): Promise<void> {
    while (this.#restarting !== null) await this.#restarting.catch(() => undefined);
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /**
   * Initialises it once more, unless somebody did since `seen`. Nothing may be at work then: finalising a module under a running operation would crash
   * the process. `waitMs` is how long it waits for that. Throws TOKEN_UNAVAILABLE where others are at work for longer.
   */
  async restart(seen: number, waitMs: number): Promise<void> {
    while (this.#restarting !== null) await this.#restarting.catch(() => undefined);
    if (this.#generation !== seen) return;
    this.#restarting = this.#restart(waitMs).finally(() => {
      this.#restarting = null;
    });
    await this.#restarting;
  }

  async close(): Promise<void> {
    await this.#drained(Infinity);
    this.#finalise();
    this.cryptoki.close();
  }

  async #restart(waitMs: number): Promise<void> {
    if (!(await this.#drained(waitMs))) {
      throw new KeyHolderError(
        'TOKEN_UNAVAILABLE',
        `${this.#path} can't be initialised again while other tokens of it are at work for over ${waitMs} ms; try again`,
      );
    }
    this.#finalise();
    this.#initialise();
  }

  async #drained(waitMs: number): Promise<boolean> {
    const until = Date.now() + waitMs;
    while (this.#inFlight > 0) {
      const left = until - Date.now();
      if (left <= 0) return false;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
        new Promise<void>((resolve) => {
          if (left !== Infinity) timer = setTimeout(resolve, left);
        }),
      ]);
      clearTimeout(timer);
    }
    return true;
  }

  #initialise(): void {
    this.#generation += 1;
    try {
      // Operations run on threads of their own: without this a module may omit locking (PKCS#11 v2.40 base §5.4).
      this.cryptoki.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    } catch (error) {
      if (pkcs11ReturnValue(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw error;
    }
  }

  #finalise(): void {
    try {
      this.cryptoki.C_Finalize();
    } catch (error) {
      // Nothing to close: the module has lost its state already.
      if (pkcs11ReturnValue(error) === null) throw error;
    }
  }
}
