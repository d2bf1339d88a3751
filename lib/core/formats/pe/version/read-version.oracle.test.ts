/** Version resources as windres, and other compilers of the outside, write them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lacksMaterial, lacksTools } from '../../../../../dev/test/lacks.ts';
import { parsePe } from '../index.ts';
import { memorySource } from '../../random-access.ts';
import { readPeVersion } from './index.ts';

const compilers = [
  { machine: 'x64', gcc: 'x86_64-w64-mingw32-gcc', windres: 'x86_64-w64-mingw32-windres' },
  { machine: 'x86', gcc: 'i686-w64-mingw32-gcc', windres: 'i686-w64-mingw32-windres' },
].filter(({ gcc, windres }) => !lacksTools(gcc, windres));

const dir = mkdtempSync(join(tmpdir(), 'countersign-version-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const script = `1 VERSIONINFO
FILEVERSION 1,2,3,4
PRODUCTVERSION 1,2,0,0
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904b0"
    BEGIN
      VALUE "CompanyName", "Example Foundation"
      VALUE "LegalCopyright", L"\\xa9 Example"
      VALUE "ProductName", "Widget"
      VALUE "ProductVersion", "1.2.0"
    END
    BLOCK "040704b0"
    BEGIN
      VALUE "ProductName", "Dings"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200, 0x407, 1200
  END
END
`;

async function read(file: string) {
  const source = memorySource(readFileSync(file));
  return readPeVersion(source, await parsePe(source));
}

describe('windres', () => {
  test.each(compilers)(
    'version resources for $machine are read in all languages',
    async ({ gcc, windres }) => {
      const [rc, object, c, exe] = ['v.rc', 'v.o', 'v.c', 'v.exe'].map((name) => join(dir, name)) as [
        string,
        string,
        string,
        string,
      ];
      writeFileSync(rc, script);
      writeFileSync(c, 'int main(void) { return 0; }\n');
      execFileSync(windres, [rc, object]);
      execFileSync(gcc, ['-o', exe, c, object]);
      const { resources } = await read(exe);
      expect(resources).toHaveLength(1);
      expect(resources[0]?.fixed).toEqual({ fileVersion: '1.2.3.4', productVersion: '1.2.0.0' });
      expect(
        resources[0]?.tables.map(({ translation, strings }) => [translation, Object.fromEntries(strings)]),
      ).toEqual([
        [
          '040904b0',
          {
            CompanyName: 'Example Foundation',
            LegalCopyright: '© Example',
            ProductName: 'Widget',
            ProductVersion: '1.2.0',
          },
        ],
        ['040704b0', { ProductName: 'Dings' }],
      ]);
      execFileSync(gcc, ['-o', exe, c]);
      expect(await read(exe)).toEqual({ resources: [], goProgram: false });
    },
  );
});

/** Kept by the Authenticode tests, which fetch it. */
const goPackage = join(tmpdir(), 'countersign-programs', 'esbuild-win32-x64-0.28.2.tgz');

describe.skipIf(lacksMaterial(goPackage))('the Go linker', () => {
  test('makes programs without a version resource, which are distinguished from others', async () => {
    execFileSync('tar', ['-xzf', goPackage, '-C', dir, 'package/esbuild.exe']);
    expect(await read(join(dir, 'package', 'esbuild.exe'))).toEqual({ resources: [], goProgram: true });
  });
});
