import { describe, expect, test } from 'vitest';
import { parsePe } from '../index.ts';
import { buildProgram, offsets, withField } from '../program.fixture.ts';
import { memorySource } from '../../random-access.ts';
import { readPeKind } from './index.ts';
import { buildLibrary } from './library.fixture.ts';

async function kindOf(bytes: Uint8Array) {
  const source = memorySource(bytes);
  return readPeKind(source, await parsePe(source));
}

const directories = offsets('pe32+').directoryCount + 4;
const many = (count: number, ...others: readonly string[]) => [
  ...Array.from({ length: count }, (_, index) => `function_${String(index).padStart(6, '0')}`),
  ...others,
];

describe('a library', () => {
  test.each([
    ['without exports', buildLibrary()],
    [
      'of the console subsystem, 32 bits',
      buildLibrary({ subsystem: 3, format: 'pe32', characteristics: 0x2102 }),
    ],
    [
      'that registers itself (COM, shell extensions)',
      buildLibrary({ exports: ['DllGetClassObject', 'DllRegisterServer'] }),
    ],
    [
      'with a name longer than those searched for',
      buildLibrary({ exports: ['CPlAppletOfOthers', 'aCPlApplet'] }),
    ],
    ['of .NET', buildLibrary({ clr: { flags: 1, entryPoint: 0 } })],
    ['of C++/CLI, whose entry point is DllMain', buildLibrary({ clr: { flags: 0x10, entryPoint: 0x1000 } })],
    [
      'with five directories only',
      withField(
        buildLibrary({ clr: { flags: 1, entryPoint: 0x06000001 } }),
        offsets('pe32+').directoryCount,
        5,
      ),
    ],
  ])('%s', async (_name, bytes) => {
    expect(await kindOf(bytes)).toMatchObject({ kind: 'library' });
  });
});

describe('a program', () => {
  test.each([
    ['that Windows starts', buildProgram({ subsystem: 2 }), /no DLL flag/],
    ['of the console', buildProgram(), /no DLL flag/],
    [
      'that exports like a library',
      buildLibrary({ characteristics: 0x22, exports: ['DllMain'] }),
      /no DLL flag/,
    ],
    ['for firmware, with the DLL flag', buildLibrary({ subsystem: 10 }), /EFI application/],
    ['for firmware: a driver', buildLibrary({ subsystem: 11 }), /EFI driver/],
    ['of the kernel', buildLibrary({ subsystem: 1 }), /kernel/],
    ['of an unknown subsystem', buildLibrary({ subsystem: 0 }), /subsystem is 0/],
    ['opened by the control panel', buildLibrary({ exports: ['Another', 'CPlApplet'] }), /control panel/],
    ['opened by Excel', buildLibrary({ exports: ['xlAutoOpen'] }), /Excel/],
    ['whose names are not sorted', buildLibrary({ exports: ['z', 'CPlApplet', 'a'] }), /control panel/],
    ['with a name at the very end', buildLibrary({ exports: many(3000, 'CPlApplet') }), /control panel/],
    [
      'of .NET with a Main method and the DLL flag',
      buildLibrary({ clr: { flags: 1, entryPoint: 0x06000001 } }),
      /Main method/,
    ],
  ])('%s', async (_name, bytes, because) => {
    expect(await kindOf(bytes)).toMatchObject({
      kind: 'program',
      because: expect.stringMatching(because) as string,
    });
  });

  test.each([
    ['exports', withField(buildLibrary(), directories, 0x9000), /exports can't be read/],
    ['names', withField(buildLibrary({ exports: ['a'] }), 0x600 + 72 + 40, 0x9000), /a name is outside/],
    [
      'table of names',
      withField(buildLibrary({ exports: ['a'] }), 0x600 + 72 + 32, 0x9000),
      /exports can't be read/,
    ],
    ['number of names', withField(buildLibrary({ exports: ['a'] }), 0x600 + 72 + 24, 65_537), /65537 names/],
    ['.NET header', withField(buildLibrary(), directories + 14 * 8, 0x9000), /.NET header can't be read/],
  ])('is assumed where its %s can’t be read', async (_name, bytes, because) => {
    expect(await kindOf(bytes)).toMatchObject({
      kind: 'program',
      because: expect.stringMatching(because) as string,
    });
  });
});

test('reads little, however many names there are', async () => {
  const held = memorySource(buildLibrary({ exports: many(65_536) }));
  let reads = 0;
  const source = {
    ...held,
    read: (offset: number, length: number) => ((reads += 1), held.read(offset, length)),
  };
  expect(await readPeKind(source, await parsePe(source))).toMatchObject({ kind: 'library' });
  expect(reads).toBeLessThan(3000);
});
