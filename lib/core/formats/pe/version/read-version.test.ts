import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePe, PeError } from '../index.ts';
import { buildProgram, offsets, peOffset, withField } from '../program.fixture.ts';
import { memorySource, type RandomAccessSource } from '../../random-access.ts';
import { PeVersionError, readPeVersion } from './index.ts';
import {
  programWithResources,
  resourceOffset,
  resourceSection,
  versionInfo,
  versionProgram,
} from './version.fixture.ts';

async function read(program: Uint8Array, source: RandomAccessSource = memorySource(program)) {
  return readPeVersion(source, await parsePe(source));
}

async function codeOf(program: Uint8Array): Promise<string> {
  try {
    await read(program);
    return 'accepted';
  } catch (error) {
    if (error instanceof PeVersionError || error instanceof PeError) return error.code;
    throw error;
  }
}

const good = versionProgram({ '040904b0': { ProductName: 'Widget' } });
const languageEntry = resourceOffset + 48 + 16;
const dataEntry = resourceOffset + 48 + 16 + 8;
const sectionTable = offsets('pe32+').certificateDirectory + 12 * 8;

describe('the version of a program', () => {
  test.each(['pe32', 'pe32+'] as const)('is read from a %s, in every language', async (format) => {
    const section = resourceSection(
      new Map([
        [0x409, versionInfo({ '040904b0': { ProductName: 'Widget' } })],
        [0x407, versionInfo({ '040704b0': { ProductName: 'Dings' } })],
      ]),
    );
    const { resources } = await read(programWithResources(section, format));
    expect(
      resources.map(({ language, tables }) => [language, tables[0]?.strings.get('ProductName')]),
    ).toEqual([
      [0x409, 'Widget'],
      [0x407, 'Dings'],
    ]);
  });

  test('is empty if a program has no resources, or only resources of other types', async () => {
    expect(await read(buildProgram())).toEqual({ resources: [], goProgram: false });
    expect((await read(withField(good, resourceOffset + 16, 3))).resources).toEqual([]);
  });

  test('recognises programs of the Go linker, which have none', async () => {
    const named = Uint8Array.from(buildProgram());
    named.set(new TextEncoder().encode('.symtab'), peOffset + 24 + 112 + 16 * 8);
    expect((await read(named)).goProgram).toBe(true);
    const marked = Uint8Array.from(buildProgram());
    marked.set(Buffer.from('\xff Go buildinf:', 'latin1'), 0x410);
    expect((await read(marked)).goProgram).toBe(true);
  });

  test.each([
    [
      'a resource directory outside the sections',
      withField(good, offsets('pe32+').certificateDirectory - 16, 0x9000),
      'OUT_OF_BOUNDS',
    ],
    [
      'a directory that ends outside its section',
      withField(good, resourceOffset + 14, 900, 2),
      'OUT_OF_BOUNDS',
    ],
    ['a directory of endless length', withField(good, resourceOffset + 12, 0xffff, 2), 'TOO_MANY'],
    ['a version without a language', withField(good, resourceOffset + 24 + 20, 48), 'MALFORMED'],
    ['a fourth level, and with it a loop', withField(good, languageEntry + 4, 0x80000000), 'MALFORMED'],
    ['data outside the sections', withField(good, dataEntry, 0x100), 'OUT_OF_BOUNDS'],
    ['data that ends outside its section', withField(good, dataEntry + 4, 60_000), 'OUT_OF_BOUNDS'],
    ['data longer than a version can be', withField(good, dataEntry + 4, 70_000), 'TOO_MANY'],
    [
      'a section that the loader would read from elsewhere',
      withField(good, sectionTable + 20, 0x3fc),
      'MALFORMED',
    ],
  ])('is refused for %s', async (_, program, code) => {
    expect(await codeOf(program)).toBe(code);
  });

  test('is refused for a type that is named twice', async () => {
    const twice = Uint8Array.from(good);
    const view = new DataView(twice.buffer);
    view.setUint16(resourceOffset + 14, 2, true);
    // The header of the name directory is read as the second entry.
    view.setUint32(resourceOffset + 24, 16, true);
    expect(await codeOf(twice)).toBe('AMBIGUOUS');
  });

  test('is refused for more languages than there are', async () => {
    const one = versionInfo({});
    const section = resourceSection(new Map(Array.from({ length: 129 }, (_, id) => [id, one])));
    expect(await codeOf(programWithResources(section))).toBe('TOO_MANY');
  });

  test('never fails otherwise than with its own error, and reads little, whatever the bytes', async () => {
    const changes = fc.array(
      fc.tuple(fc.integer({ min: resourceOffset, max: good.length - 1 }), fc.nat(255)),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(changes, async (edits) => {
        const program = Uint8Array.from(good);
        for (const [at, value] of edits) program[at] = value;
        let bytesRead = 0;
        const memory = memorySource(program);
        const counting: RandomAccessSource = {
          size: memory.size,
          read(offset, length) {
            bytesRead += length;
            return memory.read(offset, length);
          },
        };
        await read(program, counting).catch((error: unknown) => {
          if (!(error instanceof PeVersionError)) throw error;
        });
        expect(bytesRead).toBeLessThan(16 * 1024 * 1024);
      }),
      { numRuns: 300 },
    );
  });
});
