/** `countersign report verify`: whether an inspection report is what the foundation's log key signed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseStatement, type ReportStatement } from '#core/inspection-report/index.ts';
import { openNote, parseNoteKey } from '#core/pki/note/index.ts';
import { CliError } from './error.ts';
import { readBounded, TooLargeError } from './read-bounded.ts';

export const reportUsage = `  countersign report verify FILE --key FILE [--note FILE] [--artifact FILE]
                                                               whether an inspection report (JSON) is what the signer signed;
                                                               --note: its signature (left out: FILE.note)`;

const smallMax = 64 * 1024;

export async function reportCommand(args: readonly string[], out: (text: string) => void): Promise<number> {
  const { file, key, note, artifact } = optionsIn(args);
  const statement = statementIn(await small(note), await small(key), note);
  const document = await digestOf(file);
  if (document.sha256 !== statement.sha256 || document.sizeBytes !== statement.sizeBytes)
    throw new CliError(
      'MISMATCH',
      `${file} has SHA-256 ${document.sha256} and ${document.sizeBytes} bytes; signed is a report of ${statement.sha256} and ${statement.sizeBytes}`,
    );
  if (artifact !== null) {
    const { sha256 } = await digestOf(artifact);
    if (sha256 !== statement.artifactSha256)
      throw new CliError(
        'MISMATCH',
        `the report is about an artifact of SHA-256 ${statement.artifactSha256}, and ${artifact} has ${sha256}`,
      );
  }
  out(`The report is the one that the log’s key signed on ${statement.signedAt.toISOString()}.
  request   ${statement.request}
  artifact  ${statement.artifactSha256}${artifact === null ? '' : ' (the file given)'}
  journal   entry ${statement.journal.seq}, ${statement.journal.hash}
  entries   ${statement.entries}
`);
  return 0;
}

function optionsIn(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { key: { type: 'string' }, note: { type: 'string' }, artifact: { type: 'string' } },
    });
    const [verb, file, ...more] = positionals;
    if (verb === 'verify' && file !== undefined && more.length === 0 && values.key !== undefined)
      return {
        file,
        key: values.key,
        note: values.note ?? `${file}.note`,
        artifact: values.artifact ?? null,
      };
  } catch (cause) {
    throw new CliError('USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${reportUsage}`);
  }
  throw new CliError('USAGE', `usage:\n${reportUsage}`);
}

function statementIn(note: string, key: string, file: string): ReportStatement {
  let text: string;
  try {
    ({ text } = openNote(note, [parseNoteKey(key.trim())]));
  } catch (cause) {
    throw new CliError('MISMATCH', `${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const statement = parseStatement(text);
  if (statement === null)
    throw new CliError('MISMATCH', `${file} is signed, but says nothing about an inspection report`);
  return statement;
}

async function small(file: string): Promise<string> {
  const bytes = await readBounded(file, smallMax).catch((cause: unknown) => {
    if (cause instanceof TooLargeError)
      throw new CliError('MISMATCH', `${file} is too large for what it should be`, cause);
    throw new CliError(
      'USAGE',
      `${file} can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  });
  return bytes.toString('utf8');
}

async function digestOf(file: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
  } catch (cause) {
    throw new CliError(
      'USAGE',
      `${file} can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
