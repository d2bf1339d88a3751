/** The artifacts: made anew for each run, the same bytes each time. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installer } from '#core/formats/msi/msi.fixture.ts';
import { nupkg } from '#core/formats/nuget/nuget.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { zip, type ZipPart } from '#core/formats/zip/zip.fixture.ts';

/** Of the demo's project, as the bench adapts it: names of policies, and the files that they are for. */
export const artifactNames = {
  'bench-program': 'tool.exe',
  'bench-archive': 'tools.zip',
  'bench-tarball': 'data.tar.gz',
  'bench-installer': 'tool.msi',
  'bench-jar': 'tool.jar',
  'bench-nuget': 'Widget.1.2.0.nupkg',
} as const;
export type PolicyName = keyof typeof artifactNames;

export interface Case {
  readonly title: string;
  readonly policy: PolicyName;
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

/** `make` → the bytes of the artifact. */
const single = (
  title: string,
  policy: PolicyName,
  largestBytes: number,
  make: () => Promise<Uint8Array>,
): Case => ({
  title,
  policy,
  largestBytes,
  async make(folder) {
    await fresh(folder);
    const file = join(folder, artifactNames[policy]);
    await writeFile(file, await make());
    return [file];
  },
});

const libraries = (count: number): readonly ZipPart[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `lib/part-${at}.bin`,
    content: programOf(20_000, at),
  }));

const manifest: ZipPart = {
  name: 'META-INF/MANIFEST.MF',
  content: 'Manifest-Version: 1.0\r\nCreated-By: bench\r\n\r\n',
};

/** Of random bytes: one file, as large unpacked as packed. */
const tarball = (title: string, bytes: number): Case => ({
  title,
  policy: 'bench-tarball',
  largestBytes: 64 * mebibyte,
  async make(folder) {
    await fresh(folder);
    const content = join(folder, 'content');
    await mkdir(content);
    const part = 32 * mebibyte;
    for (let at = 0; at * part < bytes; at += 1)
      await writeFile(join(content, `part-${at}.bin`), randomBytes(part));
    await writeFile(join(content, 'tool.exe'), programOf(mebibyte, 0));
    const file = join(folder, artifactNames['bench-tarball']);
    await promisify(execFile)('tar', ['-czf', file, '.'], { cwd: content });
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
  'tar-500m': tarball('a tar.gz of 500 MB', 500 * mebibyte),
  'msi-50m': single('an installer (msi) of 50 MB', 'bench-installer', 64 * mebibyte, () =>
    installer({ streams: [{ name: 'content', content: programOf(50 * mebibyte, 0) }] }),
  ),
  'jar-200': single('a jar of 200 entries', 'bench-jar', 64 * mebibyte, () =>
    Promise.resolve(zip([manifest, ...libraries(200)])),
  ),
  'nupkg-200': single('a NuGet package of 200 entries', 'bench-nuget', 64 * mebibyte, () =>
    Promise.resolve(nupkg(libraries(200))),
  ),
  'queue-100': program('100 requests for a program of 16 kB each, queued at once', 16 * 1024, 100),
};
export const defaultCases = ['pe-1m', 'pe-100m', 'zip-2000', 'zip-1000-pe', 'queue-100'];
