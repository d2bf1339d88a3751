/**
 * Code that V8 has compiled, for children to start with: a third of a small request's processor time was compiling the same inspector anew.
 * It is made by a child in the same fences, which sees no byte of a request, only a sample of the signer's own; the signer takes it out of the folder that
 * this child could write to, and no other child may write where it lies.
 */
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { sampleProgram } from './sample-program.ts';

/** What compiled code may take up; it is half a megabyte. */
const compiledBytesMax = 16 * 1024 * 1024;
const request = 'sample';

export interface Sample {
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
}

/** An inspector whose child makes compiled code; each with the name of its request's folder. */
export interface CodeMaker {
  /** What every request does, so that what it needs is compiled. */
  readonly tryOut: (folder: string, sample: Sample) => Promise<void>;
  /** Lets its child end by itself → the file that it wrote. */
  readonly finish: (folder: string) => Promise<string | null>;
  readonly discard: (folder: string) => Promise<void>;
}

/** `open`: an inspector in this folder whose child makes compiled code → its file; null: none was made. */
export async function makeCompiledCode(
  folder: string,
  open: (workDir: string) => CodeMaker,
): Promise<string | null> {
  const workDir = join(folder, 'work');
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(workDir, request), { recursive: true, mode: 0o700 });
  const { tryOut, finish, discard } = open(await realpath(workDir));
  try {
    const bytes = sampleProgram();
    const sample = join(workDir, request, 'artifact');
    await writeFile(sample, bytes, { mode: 0o600 });
    const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
    await tryOut(request, { file: sample, sha256, sizeBytes: bytes.length });
    const made = await finish(request);
    if (made === null) return null;
    const { size } = await stat(made);
    if (size === 0 || size > compiledBytesMax) return null;
    const file = join(await realpath(folder), 'compiled');
    await rename(made, file);
    return file;
  } finally {
    await discard(request);
    await rm(workDir, { recursive: true, force: true });
  }
}
