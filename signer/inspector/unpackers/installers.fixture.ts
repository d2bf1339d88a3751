/** Installers and archives as other programs make them. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

type Files = Readonly<Record<string, Uint8Array>>;

async function filesIn(folder: string, files: Files): Promise<string> {
  const place = await mkdtemp(join(folder, 'files-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(place, name)), { recursive: true });
    await writeFile(join(place, name), content);
  }
  return place;
}

/** By makensis, in a new folder under `folder`. */
export async function nsisInstaller(
  folder: string,
  {
    files,
    compressor = '/SOLID lzma',
    more = '',
  }: { readonly files: Files; readonly compressor?: string; readonly more?: string },
): Promise<Buffer> {
  const place = await filesIn(folder, files);
  const script = `Unicode true
Name "Widget"
OutFile "setup.exe"
InstallDir "$PROGRAMFILES\\Widget"
SetCompressor ${compressor}
Section
SetOutPath $INSTDIR
${Object.keys(files)
  .map((name) => `File "${name}"`)
  .join('\n')}
${more}
SectionEnd
`;
  await writeFile(join(place, 'setup.nsi'), script);
  execFileSync('makensis', ['-V1', 'setup.nsi'], { cwd: place });
  return readFile(join(place, 'setup.exe'));
}

/** By 7-Zip. */
export async function sevenZipOf(
  folder: string,
  files: Files,
  ...options: readonly string[]
): Promise<Buffer> {
  const place = await filesIn(folder, files);
  execFileSync('7zz', ['a', '-bd', ...options, 'made.7z', ...Object.keys(files)], { cwd: place });
  return readFile(join(place, 'made.7z'));
}
