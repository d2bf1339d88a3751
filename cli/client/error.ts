/** What goes wrong between a program and a portal: a literal code for programs, a sentence with its fix for people. */
import { CodedError } from '#core/error/index.ts';
import type { Problem } from './problem-view.ts';

export type ClientErrorCode =
  /** The caller's own mistake: a file that isn't there, a token that can't be one. */
  | 'USAGE'
  /** 401: no credential, or one that the portal doesn't take. */
  | 'NOT_SIGNED_IN'
  /** Any other answer of 4xx. `problem` says what was found and what to do. */
  | 'REFUSED'
  /** An answer, but none that a portal gives. */
  | 'NOT_A_PORTAL'
  /** 408, 429 or 5xx, for longer than the caller wanted to keep trying. */
  | 'UNAVAILABLE'
  /** No connection, or one that broke, for as long. */
  | 'UNREACHABLE'
  /** Bytes that aren't those of the digest. */
  | 'MISMATCH'
  /** A file of this machine that can't be written. */
  | 'FILE'
  /** The request goes on, but the caller didn't want to wait any longer. */
  | 'TIMEOUT'
  /** The caller's AbortSignal. */
  | 'ABORTED';

export class ClientError extends CodedError<ClientErrorCode> {
  static override readonly errorName = 'ClientError';
  /** As the portal wrote it; null where the failure has none. */
  readonly problem: Problem | null;
  /** How long the portal asks to wait. */
  readonly retryAfterSeconds: number | null;
  constructor(
    code: ClientErrorCode,
    message: string,
    facts: {
      readonly cause?: unknown;
      readonly problem?: Problem | null;
      readonly retryAfterSeconds?: number | null;
    } = {},
  ) {
    super(code, message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.problem = facts.problem ?? null;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
  }
}

/** What may be over in a moment: the network, a portal that restarts, too many calls. */
export const isPassing = (error: unknown): error is ClientError =>
  error instanceof ClientError && (error.code === 'UNREACHABLE' || error.code === 'UNAVAILABLE');
