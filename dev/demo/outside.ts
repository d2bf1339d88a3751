/** Verdicts of independent tools about the result: osslsigncode and sbverify. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { compareSignedPe, parsePe } from '#core/formats/pe/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { findProgram, runCommand } from '../stack/index.ts';

export interface OutsideVerdict {
  readonly tool: string;
  /** As anybody can run it. */
  readonly command: string;
  readonly ok: boolean;
  readonly said: readonly string[];
}

/** Takes one file out of a tar.gz with the system's tar → its path. */
export async function extract(archive: string, member: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await runCommand(findProgram('tar') ?? 'tar', ['-xzf', archive, '-C', folder, member]);
  return join(folder, member);
}

async function ask(tool: string, args: readonly string[], wanted: RegExp): Promise<OutsideVerdict> {
  const command = [tool, ...args].join(' ');
  const program = findProgram(tool);
  if (program === null) return { tool, command, ok: false, said: [`${tool} is not installed`] };
  let text: string;
  let exitedWell = true;
  try {
    text = await runCommand(program, args);
  } catch (error) {
    exitedWell = false;
    text = (error as Error).message;
  }
  const telling = /verif|succe|fail|error|timestamp|signature ok/i;
  const lines = text.split('\n').map((line) => line.trim());
  return {
    tool,
    command,
    ok: exitedWell && wanted.test(text),
    said: lines.filter((line) => telling.test(line)).slice(0, 12),
  };
}

/** `list`: revocation list (PEM file); left out: osslsigncode fetches it from where the certificate says. */
export function askOsslsigncode(
  program: string,
  { ca, tsaCa, list }: { readonly ca: string; readonly tsaCa: string; readonly list?: string },
): Promise<OutsideVerdict> {
  const lists = list === undefined ? [] : ['-CRLfile', list, '-ignore-cdp'];
  const args = ['verify', '-CAfile', ca, '-TSA-CAfile', tsaCa, ...lists, '-in', program];
  return ask('osslsigncode', args, /^Succeeded/m);
}

export function askSbverify(program: string, certificate: string): Promise<OutsideVerdict> {
  return ask('sbverify', ['--cert', certificate, program], /Signature verification OK/);
}

/** Unsigned against signed program: null where they differ only in checksum, directory entry and signature. */
export async function difference(unsignedFile: string, signedFile: string): Promise<string | null> {
  const before = await openSource(unsignedFile);
  const after = await openSource(signedFile);
  try {
    const result = await compareSignedPe(
      { source: before.source, layout: await parsePe(before.source) },
      { source: after.source, layout: await parsePe(after.source) },
    );
    return result.equal ? null : `${result.message} (offset ${result.offset})`;
  } finally {
    await before.close();
    await after.close();
  }
}

async function openSource(file: string): Promise<{ source: RandomAccessSource; close(): Promise<void> }> {
  const handle = await open(file, 'r');
  const { size } = await handle.stat();
  const source: RandomAccessSource = {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    },
  };
  return { source, close: () => handle.close() };
}
