/** What others say of the result: osslsigncode and sbverify, which know nothing of Countersign, and a plain comparison. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePe, type PeLayout } from '../../lib/core/formats/pe/index.ts';
import type { RandomAccessSource } from '../../lib/core/formats/random-access.ts';
import { findProgram, runCommand } from '../stack/index.ts';

export interface OutsideVerdict {
  readonly tool: string;
  readonly command: string;
  readonly ok: boolean;
  readonly said: readonly string[];
}

/** Takes one file out of a tar.gz with the system's tar → its path. */
export async function extract(archive: string, member: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await runCommand(findProgram('tar') ?? 'tar', ['-xzf', archive, '-C', folder, member], { env: process.env });
  return join(folder, member);
}

async function ask(tool: string, program: string | null, args: readonly string[], wanted: RegExp): Promise<OutsideVerdict> {
  const command = [tool, ...args].join(' ');
  if (program === null) return { tool, command, ok: false, said: [`${tool} is not installed`] };
  let text: string;
  let exit = true;
  try {
    text = await runCommand(program, args, { env: process.env });
  } catch (error) {
    exit = false;
    text = (error as Error).message;
  }
  const said = text.split('\n').map((line) => line.trim()).filter((line) => /verif|succe|fail|error|timestamp time|signature ok/i.test(line));
  return { tool, command, ok: exit && wanted.test(text), said: said.slice(0, 12) };
}

export async function askOsslsigncode(program: string, ca: string, tsaCa: string): Promise<OutsideVerdict> {
  return ask('osslsigncode', findProgram('osslsigncode'), ['verify', '-CAfile', ca, '-TSA-CAfile', tsaCa, '-in', program], /^Succeeded/m);
}

export async function askSbverify(program: string, certificate: string): Promise<OutsideVerdict | null> {
  const sbverify = findProgram('sbverify');
  return sbverify === null ? null : ask('sbverify', sbverify, ['--cert', certificate, program], /Signature verification OK/);
}

export interface Comparison {
  readonly identical: boolean;
  /** Byte ranges that may differ: checksum and certificate directory entry; the rest of the old file must not. */
  readonly allowed: readonly string[];
  readonly differingBytes: number;
  readonly appendedBytes: number;
}

/** Unsigned against signed program, byte by byte, apart from checksum, directory entry and what is appended. */
export async function compareBytes(unsignedFile: string, signedFile: string): Promise<Comparison> {
  const before = await openSource(unsignedFile);
  const after = await openSource(signedFile);
  try {
    const layout: PeLayout = await parsePe(before.source);
    const allowed = [
      { name: 'CheckSum', start: layout.checksumOffset, end: layout.checksumOffset + 4 },
      { name: 'certificate table entry', start: layout.certificateDirectoryOffset, end: layout.certificateDirectoryOffset + 8 },
    ];
    let differingBytes = 0;
    const step = 1 << 20;
    for (let offset = 0; offset < before.source.size; offset += step) {
      const length = Math.min(step, before.source.size - offset);
      const [a, b] = await Promise.all([before.source.read(offset, length), after.source.read(offset, length)]);
      for (let index = 0; index < length; index += 1) {
        if (a[index] === b[index]) continue;
        const at = offset + index;
        if (!allowed.some((range) => range.start <= at && at < range.end)) differingBytes += 1;
      }
    }
    return {
      identical: differingBytes === 0,
      allowed: allowed.map((range) => `${range.name} at ${range.start}`),
      differingBytes,
      appendedBytes: after.source.size - before.source.size,
    };
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
      const buffer = new Uint8Array(length);
      const { bytesRead } = await handle.read(buffer, 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
  return { source, close: () => handle.close() };
}
