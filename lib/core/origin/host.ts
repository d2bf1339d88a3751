/**
 * The port behind which a provider's code host is asked. Nothing here reaches a network: what is to be asked comes out, answers go in,
 * and the verdict depends on nothing else.
 */
import type { JsonValue } from '../json/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { BuildClaims } from './claims.ts';
import type { ComparedOrigin, LocateInOrigin } from './compared.ts';

/** One request of the host's API, and how its answer is read. */
export interface HostQuestion<Said = unknown> {
  /** Its name among the questions of a look; equal keys are the same question. */
  readonly key: string;
  /** Path and query below the API's address. */
  readonly path: string;
  /**
   * What the host says by "not found": that it doesn't tell (`unknown`), or that there is none: always (`none`), or where it says so in
   * these words.
   */
  readonly missing: 'none' | 'unknown' | { readonly says: string };
  /** The parsed answer → what is judged of it, and nothing else; a text: why it can't be read. */
  read(body: unknown, more: boolean): { readonly said: Said } | string;
}

export type HostAnswer<Said = unknown> =
  | { readonly kind: 'told'; readonly said: Said }
  /** The host knows that there is none. */
  | { readonly kind: 'none' }
  /** `passes`: an outage or a limit, after which the host will answer. */
  | { readonly kind: 'unknown'; readonly problem: string; readonly fix: string; readonly passes: boolean };

/** By the questions' keys. */
export type HostAnswers = ReadonlyMap<string, HostAnswer>;

/** The answer to a question; null: it wasn't asked. What was told is what this question's `read` made of it. */
export const answerTo = <Said>(answers: HostAnswers, { key }: HostQuestion<Said>): HostAnswer<Said> | null =>
  (answers.get(key) as HostAnswer<Said> | undefined) ?? null;

/** A build that was verified, and what its policy asks the host about it. */
export interface AskedBuild<P extends ComparedOrigin = ComparedOrigin> {
  readonly policy: P;
  readonly claims: BuildClaims;
  /** Of the file as it was received, in lower-case hexadecimal digits. */
  readonly sha256: string;
}

export interface HostVerdict {
  readonly findings: readonly Finding[];
  /** What isn't over yet, as a sentence: the same questions have another answer soon. null: nothing. */
  readonly later: string | null;
}

export interface CodeHostQuestions<P extends ComparedOrigin = ComparedOrigin> {
  readonly wire: {
    /** Sent with every question. */
    readonly headers: Readonly<Record<string, string>>;
    /** Whether an answer that is as it was (304) costs nothing of the host's limit. */
    readonly unchangedIsFree: boolean;
  };
  /** Whether the policy has a line that only the host can answer. */
  asks(policy: P): boolean;
  /** Whether what the host doesn't tell refuses the build. */
  unknownDenies(policy: P): boolean;
  /** Path of the repository, below which everything is asked. */
  repositoryPath(policy: P): string;
  /** What is to be asked next, after these answers; empty: nothing. Never a question twice. */
  next(build: AskedBuild<P>, answers: HostAnswers): readonly HostQuestion[];
  /** Whatever wasn't asked counts as unknown. */
  judge(build: AskedBuild<P>, answers: HostAnswers, locate: LocateInOrigin): HostVerdict;
  /** Rules that `judge` can answer with; their ids stay as they are. */
  readonly rules: readonly string[];
}

/** Requests of one look, at most: what needs more counts as unknown. */
export const hostRequestsMax = 12;

/** What the host said, as the journal keeps it: too long a record is left out, its digest stays. */
export function recorded(answer: HostAnswer): JsonValue | null {
  if (answer.kind !== 'told') return null;
  const text = JSON.stringify(answer.said);
  return text.length > saidCharactersMax ? null : (JSON.parse(text) as JsonValue);
}
const saidCharactersMax = 8 * 1024;
