/**
 * What clamd says of a file and of itself. Exactly three verdicts: clean, infected, or not scanned. "Clean" counts
 * only from a proved scanner (proven-scanner.ts).
 */
import { messageOf, Unavailable } from '../../ground/availability/index.ts';
import { askClamd, ClamdDeadline, type ClamdAnswer } from './ask-clamd.ts';
import { askVersion } from './ask-version.ts';
import { askClamdEach } from './clamd-session.ts';
import { bytesOf, eachWhole, UnreadableFile } from './read-scanned.ts';

export interface ClamdConfig {
  readonly host: string;
  readonly port: number;
  /** Path of a local socket, in place of host and port. */
  readonly socket?: string;
  readonly timeoutSeconds: number;
}

export type ScanVerdict =
  | { readonly verdict: 'clean' }
  | { readonly verdict: 'infected'; readonly viruses: readonly string[] }
  | {
      readonly verdict: 'not-scanned';
      /** limits: clamd reached one of its own; encrypted: it can't see inside; other: any other answer. */
      readonly reason: 'limits' | 'encrypted' | 'other';
      readonly detail: string;
    };

export interface ScannerDatabase {
  /** Engine version, for example `1.4.6`. */
  readonly engine: string;
  /** Number of the daily database, or null where clamd runs on local signatures only. */
  readonly version: number | null;
  readonly builtAt: Date | null;
}

/** clamd's answers, not trusted yet. All methods throw Unavailable where it can't be reached. */
export interface Clamd {
  /** file on disk → verdict; rejects as soon as no more is sent, once `signal` is aborted. */
  scanFile(file: string, signal?: AbortSignal): Promise<ScanVerdict>;
  /** Files of at most sessionFileBytesMax, at most sessionFilesMax → their verdicts, in the same order. */
  scanFiles(files: readonly string[]): Promise<readonly ScanVerdict[]>;
  /** The same of bytes, each file in one piece. */
  scanEach(contents: AsyncIterable<Uint8Array>): Promise<readonly ScanVerdict[]>;
  /** A stream of bytes → verdict. */
  scanStream(content: AsyncIterable<Uint8Array>): Promise<ScanVerdict>;
  /** The answer to VERSION, verbatim. */
  version(): Promise<string>;
}

/**
 * The connection was closed while bytes were being sent. clamd does so to a stream over StreamMaxLength: its
 * preceding answer can be lost, since it doesn't read the rest.
 */
export class CutOff extends Unavailable {
  static override readonly errorName = 'CutOff';
}

export function openClamd(config: ClamdConfig): Clamd {
  return {
    scanFile: (file, signal) => scan(config, bytesOf(file, signal)),
    scanFiles: (files) => scanEach(config, eachWhole(files)),
    scanEach: (contents) => scanEach(config, contents),
    scanStream: (content) => scan(config, content),
    version: () => version(config),
  };
}

const wordsOf = ({ host, port, socket = `${host}:${port}` }: ClamdConfig): string => socket;

async function scan(config: ClamdConfig, content: AsyncIterable<Uint8Array>): Promise<ScanVerdict> {
  try {
    return verdictOf(await askClamd(config, config.timeoutSeconds * 1000, content));
  } catch (error) {
    throw unanswered(config, error);
  }
}

async function scanEach(
  config: ClamdConfig,
  contents: AsyncIterable<Uint8Array>,
): Promise<readonly ScanVerdict[]> {
  try {
    const answers = await askClamdEach(config, config.timeoutSeconds * 1000, contents);
    // Each was sent in one piece, so nothing was answered before all of it was sent.
    return answers.map((text) => verdictOf({ text, isWhole: true }));
  } catch (error) {
    throw unanswered(config, error);
  }
}

function unanswered(config: ClamdConfig, error: unknown): Unavailable {
  if (error instanceof UnreadableFile) return error;
  if (error instanceof ClamdDeadline) return late(`clamd gave no answer within ${config.timeoutSeconds} s`);
  return new (isCutOff(error) ? CutOff : Unavailable)(
    'scanner',
    `the virus scanner at ${wordsOf(config)} did not answer: ${messageOf(error)}`,
    'start clamd, or correct scanner.host and scanner.port in the signer’s configuration',
    error,
  );
}

function isCutOff(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

const late = (message: string): Unavailable =>
  new Unavailable(
    'scanner',
    message,
    'look at clamd’s log; raise scanner.timeoutSeconds for very large files',
  );

/** clamd says this of a stream over StreamMaxLength before it has read it, and disconnects. */
const overLimit = 'INSTREAM size limit exceeded. ERROR';

function verdictOf({ text, isWhole }: ClamdAnswer): ScanVerdict {
  if (text === overLimit) {
    const detail = 'the file is larger than clamd accepts (StreamMaxLength)';
    return { verdict: 'not-scanned', reason: 'limits', detail };
  }
  const [, virus] = /^stream: (.+) FOUND$/.exec(text) ?? [];
  if (virus !== undefined) return verdictOfFinding(virus);
  if (text !== 'stream: OK')
    return { verdict: 'not-scanned', reason: 'other', detail: `clamd answered: ${text.slice(0, 200)}` };
  if (isWhole) return { verdict: 'clean' };
  const detail = 'clamd answered before it had everything, or incompletely';
  return { verdict: 'not-scanned', reason: 'other', detail };
}

function verdictOfFinding(virus: string): ScanVerdict {
  // With AlertExceedsMax clamd reports what it skipped as a detection with this name: unread, not infected.
  if (virus.startsWith('Heuristics.Limits.Exceeded'))
    return { verdict: 'not-scanned', reason: 'limits', detail: `clamd skipped something: ${virus}` };
  // Likewise with AlertEncrypted: nothing was found, and nothing could be.
  if (virus.startsWith('Heuristics.Encrypted'))
    return { verdict: 'not-scanned', reason: 'encrypted', detail: `clamd can’t see inside: ${virus}` };
  return { verdict: 'infected', viruses: [virus] };
}

const versionMilliseconds = 10_000;

async function version(config: ClamdConfig): Promise<string> {
  try {
    return await askVersion(config, versionMilliseconds);
  } catch (error) {
    if (error instanceof ClamdDeadline) throw late('clamd did not report its version within 10 s');
    throw new Unavailable(
      'scanner',
      `the virus scanner at ${wordsOf(config)} can’t be reached: ${messageOf(error)}`,
      'start clamd, or correct scanner.host and scanner.port in the signer’s configuration',
      error,
    );
  }
}

/** `ClamAV 1.4.6/27500/Mon Nov  2 09:26:36 2026` (or only the first part, without a daily database). */
export function parseVersion(text: string): ScannerDatabase {
  const match = /^ClamAV ([0-9][^/\s]*)(?:\/(\d+)\/([^\0\r\n]+))?/.exec(text);
  if (match === null) {
    throw new Unavailable(
      'scanner',
      `unexpected answer to VERSION: ${JSON.stringify(text.slice(0, 80))}`,
      'check that scanner.port is clamd’s',
    );
  }
  const builtAt = match[3] === undefined ? null : new Date(`${match[3].trim()} UTC`);
  return {
    engine: match[1] ?? '',
    version: match[2] === undefined ? null : Number(match[2]),
    builtAt: builtAt === null || Number.isNaN(builtAt.getTime()) ? null : builtAt,
  };
}
