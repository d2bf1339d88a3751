/** The artifacts: made anew for each run, the same bytes each time. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';

export interface Case {
  readonly title: string;
  /** Of the demo's project, as the bench adapts it. */
  readonly policy: 'bench-program' | 'bench-archive';
  readonly largestBytes: number;
  /** → one file for each request. */
  readonly make: (folder: string) => Promise<readonly string[]>;
}

const mebibyte = 1024 * 1024;

/**
 * Of code's compressibility, by a small generator of numbers: every second part repeats most of the one before it. Values
 * under 64 alone, so that nothing in it looks like the beginning of an archive.
 */
export function programOf(bytes: number, seed: number): Uint8Array {
  const overlay = new Uint8Array(bytes);
  const part = 4096;
  let state = (seed + 1) * 2654435761;
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const repeats = Math.floor(at / part) % 2 === 1 && (state >>> 8) % 16 !== 0;
    overlay[at] = repeats ? (overlay[at - part] ?? 0) : (state >>> 24) & 0x3f;
  }
  return buildProgram({ overlay });
}

const program = (title: string, bytes: number, requests = 1): Case => ({
  title,
  policy: 'bench-program',
  largestBytes: bytes + mebibyte,
  async make(folder) {
    await fresh(folder);
    const files: string[] = [];
    for (let at = 0; at < requests; at += 1) {
      const file = join(folder, `program-${at}.exe`);
      await writeFile(file, programOf(bytes, at));
      files.push(file);
    }
    return files;
  },
});

const archive = (title: string, programs: number, programBytes: number, others: number): Case => ({
  title,
  policy: 'bench-archive',
  largestBytes: programs * programBytes + 16 * mebibyte,
  async make(folder) {
    await fresh(folder);
    const content = join(folder, 'content');
    await mkdir(content);
    for (let at = 0; at < programs; at += 1)
      await writeFile(join(content, `tool-${at}.exe`), programOf(programBytes, at));
    for (let at = 0; at < others; at += 1)
      await writeFile(join(content, `page-${at}.txt`), `Page ${at}. `.repeat(100 + (at % 50)));
    const file = join(folder, 'artifact.zip');
    await promisify(execFile)('zip', ['-q', '-r', '-X', '-D', file, '.'], { cwd: content });
    return [file];
  },
});

async function fresh(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

export const cases: Readonly<Record<string, Case>> = {
  'pe-1m': program('a program of 1 MB', mebibyte),
  'pe-100m': program('a program of 100 MB', 100 * mebibyte),
  'pe-1g': program('a program of 1 GB', 1024 * mebibyte),
  'zip-2000': archive('a zip of 2,000 small files and one program', 1, mebibyte, 2000),
  'zip-1000-pe': archive('a zip of 1,000 programs of 1 MB', 1000, mebibyte, 0),
  'zip-100-pe': archive('a zip of 100 programs of 1 MB', 100, mebibyte, 0),
  'queue-100': program('100 requests for a program of 16 kB each, queued at once', 16 * 1024, 100),
};
export const defaultCases = ['pe-1m', 'pe-100m', 'zip-2000', 'zip-1000-pe', 'queue-100'];
