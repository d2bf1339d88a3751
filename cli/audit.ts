/** `countersign audit verify`: whether an export of audit records is what the signer signed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  digestFileName,
  digestSha256,
  parseDigest,
  verifyJournalLines,
  type AuditDigest,
  type DigestedFile,
} from '#core/audit/index.ts';
import { openNote, parseNoteKey, type NoteKey } from '#core/pki/note/index.ts';
import { CliError } from './error.ts';
import { plain } from './plain.ts';

export const auditUsage = `  countersign audit verify FOLDER --key FILE [--after FOLDER]
                                                               whether an audit export is what the signer signed;
                                                               --after: and follows the one in that folder`;

const noteBytesMax = 64 * 1024;

interface Opened {
  readonly text: string;
  readonly digest: AuditDigest;
}

/** → exit status: 0 where all of it verifies, 1 otherwise. */
export async function auditCommand(args: readonly string[], out: (text: string) => void): Promise<number> {
  const { folder, keyFile, after } = readArguments(args);
  const key = readKey(await readSmall(keyFile), keyFile);
  const { text, digest } = await openDigest(folder, key);
  const say = (line: string): void => out(`${plain(line)}\n`);
  say(`Digest ${digest.number}, signed by ${key.name} at ${digest.signedAt.toISOString()}`);
  say(`Period: ${digest.from.toISOString()} up to ${digest.to.toISOString()}`);
  const problems: string[] = [];
  for (const [writer, files] of [
    ['the signer', digest.signer],
    ['the portal', digest.portal],
  ] as const) {
    for (const file of files) {
      const problem = await problemOfFile(folder, file);
      say(
        problem === null
          ? `${file.name}: ${file.rows} rows, written by ${writer}`
          : `${file.name}: ${problem}`,
      );
      if (problem !== null) problems.push(`${file.name}: ${problem}`);
    }
  }
  if (problems.length === 0) {
    const lines = createInterface({
      input: createReadStream(join(folder, 'journal.jsonl')),
      crlfDelay: Infinity,
    });
    const problem = await verifyJournalLines(lines, digest.journal);
    const { journal } = digest;
    if (problem !== null) problems.push(`journal: ${problem}`);
    else if (journal !== null)
      say(`The journal is a chain from entry ${journal.first} to entry ${journal.last}.`);
  }
  if (after !== null) problems.push(...problemsBetween(await openDigest(after, key), digest));
  if (problems.length === 0) {
    say(
      after === null
        ? `Its own SHA-256, which the next digest names: ${digestSha256(text)}`
        : 'It follows the other one.',
    );
    return 0;
  }
  throw new CliError('MISMATCH', `this export is not what was signed:\n${problems.map(plain).join('\n')}`);
}

function readArguments(args: readonly string[]): {
  readonly folder: string;
  readonly keyFile: string;
  readonly after: string | null;
} {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: { key: { type: 'string' }, after: { type: 'string' } },
    });
    const [verb, folder, ...more] = positionals;
    if (verb === 'verify' && folder !== undefined && more.length === 0 && values.key !== undefined)
      return { folder, keyFile: values.key, after: values.after ?? null };
  } catch (cause) {
    throw new CliError(
      'USAGE',
      `${cause instanceof Error ? cause.message : String(cause)}\n${auditUsage}`,
      cause,
    );
  }
  throw new CliError('USAGE', `usage:\n${auditUsage}`);
}

function readKey(line: string, file: string): NoteKey {
  try {
    return parseNoteKey(line);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      'USAGE',
      `${file}: ${why}. The foundation’s operators have it as foundation-log.vkey.`,
      cause,
    );
  }
}

async function readSmall(file: string): Promise<string> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw new CliError('USAGE', `${file} can’t be read: ${(cause as Error).message}`, cause);
  });
  if (size > noteBytesMax)
    throw new CliError('MISMATCH', `${file} has ${size} bytes; ${noteBytesMax} is the limit`);
  return readFile(file, 'utf8');
}

async function openDigest(folder: string, key: NoteKey): Promise<Opened> {
  const file = join(folder, digestFileName);
  if ((await stat(file).catch(() => null)) === null) {
    throw new CliError(
      'USAGE',
      `${folder} has no ${digestFileName}: name the folder into which the export was unpacked`,
    );
  }
  const { text } = openNote(await readSmall(file), [key]);
  const digest = parseDigest(text);
  if (digest !== null) return { text, digest };
  throw new CliError('MISMATCH', `${file} is signed, but is no digest of an audit export`);
}

async function problemOfFile(
  folder: string,
  { name, sha256, sizeBytes }: DigestedFile,
): Promise<string | null> {
  const hash = createHash('sha256');
  let found = 0;
  try {
    for await (const chunk of createReadStream(join(folder, name))) {
      hash.update(chunk as Buffer);
      found += (chunk as Buffer).length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'is missing';
    throw error;
  }
  const digest = hash.digest('hex');
  if (digest !== sha256) return `was changed: its SHA-256 is ${digest}, and the digest says ${sha256}`;
  return found === sizeBytes ? null : `has ${found} bytes, and the digest says ${sizeBytes}`;
}

/** Problems between a digest and the one that it should follow. */
function problemsBetween(before: Opened, digest: AuditDigest): readonly string[] {
  const problems: string[] = [];
  if (digest.previous !== digestSha256(before.text))
    problems.push(`digest ${digest.number} doesn’t name digest ${before.digest.number} as the one before`);
  const [earlier, later] = [before.digest.journal, digest.journal];
  const adjoin = before.digest.to.getTime() === digest.from.getTime();
  if (adjoin && earlier !== null && later !== null && earlier.head !== later.before)
    problems.push(`the journals don’t adjoin: entry ${later.first} doesn’t follow entry ${earlier.last}`);
  return problems;
}
