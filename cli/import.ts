/**
 * `countersign import signpath FILE… [--out DIR] [--base POLICY]`: SignPath's files in, policy files out, and on
 * the error stream what of them has no equivalent. Writes nothing where one of the files can't be read.
 */
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { SigningPolicy } from '#core/generated/index.ts';
import { fileSizeBytesMax, formatDiagnostic, parsePolicyFile } from '#core/policy/index.ts';
import { importSignpath, signpathFileSizeBytesMax } from '../lib/policy-tools/signpath/index.ts';
import type { Imported } from '../lib/policy-tools/signpath/index.ts';
import { CliError } from './error.ts';
import { importReport, importSummary } from './import-report.ts';

export const importUsage = `countersign import signpath FILE… [--out DIR] [--base POLICY]

  FILE           an artifact configuration (XML) or a .signpath/policies/…/<policy>.yml
  --out DIR      writes DIR/artifacts/<name>.yaml and DIR/policies/<name>.yaml; never over a file that is there
  --base POLICY  a signing policy of ours that gives what SignPath keeps in its portal: certificate, approvers, …

Exit status: 0 everything had an equivalent; 3 something was left out or changed; 1 a file can't be imported; 2 wrong usage.`;

export interface ImportIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const filesMax = 200;

interface Done {
  readonly file: string;
  readonly result: Imported;
}

/** Arguments after `import` → exit status. Throws CliError for wrong usage. */
export async function importCommand(args: readonly string[], io: ImportIo): Promise<0 | 1 | 3> {
  const { values, positionals } = readArguments(args);
  const [format, ...files] = positionals;
  if (values.help === true) {
    io.out(`${importUsage}\n`);
    return 0;
  }
  if (format !== 'signpath') {
    throw new CliError('USAGE', `only signpath can be imported\n\n${importUsage}`);
  }
  if (files.length === 0) throw new CliError('USAGE', `no file is named\n\n${importUsage}`);
  if (files.length > filesMax) throw new CliError('USAGE', `more than ${filesMax} files are named`);
  const base = values.base === undefined ? null : await readBase(values.base);
  const done: Done[] = [];
  let failed = false;
  for (const file of files) {
    const bytes = await readBounded(file, signpathFileSizeBytesMax);
    const result = importSignpath({ path: file, bytes }, base);
    if (result.ok) {
      done.push({ file, result });
    } else {
      failed = true;
      io.err(`${formatDiagnostic(result.diagnostic)}\n`);
    }
  }
  if (failed) {
    if (done.length > 0) io.err('Nothing was written: put right what is named above first.\n');
    return 1;
  }
  refuseSameTargets(done);
  if (values.out === undefined) print(done, io);
  else await write(done, values.out, io);
  for (const { file, result } of done) io.err(importReport(file, result));
  const notes = done.flatMap(({ result }) => result.notes);
  io.err(importSummary(done.map(({ result }) => result)));
  return notes.some(({ level }) => level !== 'note') ? 3 : 0;
}

function readArguments(args: readonly string[]): {
  values: { out?: string; base?: string; help?: boolean };
  positionals: string[];
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: { type: 'string' }, base: { type: 'string' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('USAGE', `${reason}\n\n${importUsage}`, error);
  }
}

/** At most one byte more than the limit: enough to see that a file is too large. */
async function readBounded(file: string, limit: number): Promise<Uint8Array> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = new Uint8Array(limit + 1);
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new CliError('REFUSED', `${file} can't be read: ${reasonOf(error)}`, error);
  }
}

async function readBase(file: string): Promise<SigningPolicy> {
  const bytes = await readBounded(file, fileSizeBytesMax);
  const parsed = parsePolicyFile({ path: 'projects/base/policies/base.yaml', bytes });
  if (!parsed.ok) {
    const lines = parsed.diagnostics.map((diagnostic) => formatDiagnostic({ ...diagnostic, file }));
    throw new CliError('REFUSED', `--base is not a valid signing policy\n${lines.join('\n')}`);
  }
  const { value } = parsed.document;
  if (value.kind !== 'SigningPolicy') {
    throw new CliError('REFUSED', `--base ${file} has kind ${value.kind}; name a file of kind SigningPolicy`);
  }
  return value;
}

function refuseSameTargets(done: readonly Done[]): void {
  const taken = new Map<string, string>();
  for (const { file, result } of done) {
    const earlier = taken.get(result.path);
    if (earlier !== undefined) {
      const message = `${earlier} and ${file} would both become ${result.path}; rename one or import it alone`;
      throw new CliError('REFUSED', message);
    }
    taken.set(result.path, file);
  }
}

function print(done: readonly Done[], io: ImportIo): void {
  const [only, ...others] = done;
  if (only !== undefined && others.length === 0) {
    io.out(only.result.yaml);
    return;
  }
  for (const { result } of done) io.out(`--- # ${result.path}\n${result.yaml}`);
}

async function write(done: readonly Done[], folder: string, io: ImportIo): Promise<void> {
  const targets = done.map(({ result }) => ({ file: path.join(folder, result.path), text: result.yaml }));
  for (const { file } of targets) {
    if (await exists(file)) throw new CliError('REFUSED', `${file} is there already; nothing was written`);
  }
  for (const { file, text } of targets) {
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text, { flag: 'wx' });
    } catch (error) {
      throw new CliError('REFUSED', `${file} can't be written: ${reasonOf(error)}`, error);
    }
    io.err(`written to ${file}\n`);
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'access is denied';
  if (code === 'EEXIST') return 'it is there already';
  return error instanceof Error ? error.message : String(error);
}
