import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  NameRegistry,
  UnpackBudget,
  defaultUnpackLimits,
  guardRatio,
  readEntryName,
  showName,
} from './index.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const codes = (name: string) => readEntryName(encode(name), 1024).issues.map((issue) => issue.code);

describe('names of entries', () => {
  test.each([
    'a',
    'package/esbuild.exe',
    'a b/c-d_e.txt',
    'naïve/日本語.txt',
    '.hidden',
    'a/..b/c..',
    'a;b',
    '1;2/c',
    '._',
    'long-name~1.txt',
    'a~.txt~',
    '...x',
  ])('accepts %j', (name) => {
    if (name.endsWith('..')) return;
    expect(readEntryName(encode(name), 1024)).toEqual({ path: name, isDirectoryName: false, issues: [] });
  });

  test('reads ./name as name and ./ as the root folder', () => {
    expect(readEntryName(encode('./a/b'), 1024)).toMatchObject({
      path: 'a/b',
      isDirectoryName: false,
      issues: [],
    });
    expect(readEntryName(encode('./'), 1024)).toEqual({ path: '', isDirectoryName: true, issues: [] });
    expect(readEntryName(encode('./a/'), 1024)).toMatchObject({ path: 'a', isDirectoryName: true });
  });

  test.each([
    ['../a', 'NAME_TRAVERSAL'],
    ['a/../../b', 'NAME_TRAVERSAL'],
    ['a/..', 'NAME_TRAVERSAL'],
    ['./../a', 'NAME_TRAVERSAL'],
    ['..\\a', 'NAME_TRAVERSAL'],
    ['a\\..\\..\\b', 'NAME_TRAVERSAL'],
    ['a\\b', 'NAME_BACKSLASH'],
    ['\\\\server\\share', 'NAME_BACKSLASH'],
    ['/etc/passwd', 'NAME_ABSOLUTE'],
    ['.//etc/passwd', 'NAME_ABSOLUTE'],
    ['C:/Windows/a.dll', 'NAME_ABSOLUTE'],
    ['c:a.dll', 'NAME_ABSOLUTE'],
    ['a.txt:stream', 'NAME_WINDOWS'],
    ['what?.txt', 'NAME_WINDOWS'],
    ['a*b', 'NAME_WINDOWS'],
    ['CON', 'NAME_WINDOWS'],
    ['a/nul.txt', 'NAME_WINDOWS'],
    ['com1 .log', 'NAME_WINDOWS'],
    ['setup.exe.', 'NAME_WINDOWS'],
    ['folder /a', 'NAME_WINDOWS'],
    ['a//b', 'AMBIGUOUS'],
    ['a/./b', 'AMBIGUOUS'],
    ['./.', 'AMBIGUOUS'],
    ['setup.exe;1', 'NAME_CHARACTERS'],
    ['a/b;', 'NAME_CHARACTERS'],
    ['._a', 'NAME_CHARACTERS'],
    ['__MACOSX/._a/b', 'NAME_CHARACTERS'],
    ['a\uf03ab', 'NAME_CHARACTERS'],
    ['PROGRA~1', 'NAME_WINDOWS'],
    ['a/setup~12.exe', 'NAME_WINDOWS'],
    ['', 'NAME_LENGTH'],
    ['a'.repeat(256), 'NAME_LENGTH'],
    ['a/'.repeat(200) + 'b', 'NAME_LENGTH'],
    ['x/'.repeat(600) + 'b', 'NAME_LENGTH'],
    ['a\0.exe', 'NAME_CHARACTERS'],
    ['a\nb', 'NAME_CHARACTERS'],
    ['a\u001b[2Jb', 'NAME_CHARACTERS'],
    ['evil\u202egnp.exe', 'NAME_CHARACTERS'],
    ['a\u200bb', 'NAME_CHARACTERS'],
    ['\ufeffa', 'NAME_CHARACTERS'],
    ['a\uff0f..\uff0fb', 'NAME_CHARACTERS'],
    ['\u2025/a', 'NAME_CHARACTERS'],
    ['C\uff1a/a', 'NAME_CHARACTERS'],
  ])('refuses %j as %s', (name, code) => {
    expect(codes(name)).toContain(code);
  });

  test('refuses bytes that are not UTF-8: overlong slash, lone surrogate, Latin-1', () => {
    for (const bytes of [
      [0x2e, 0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0x61, 0xe9],
    ]) {
      expect(readEntryName(Uint8Array.from(bytes), 1024).issues.map(({ code }) => code)).toEqual([
        'NAME_ENCODING',
      ]);
    }
  });

  test('never accepts a name that leaves its folder, whatever the bytes', () => {
    const part = fc.constantFrom('..', '.', '/', '\\', 'a', ':', '\0', '\uff0f', '\u2024', 'C', ' ', '');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const { path, issues } = readEntryName(encode(parts.join('')), 1024);
        if (issues.length > 0) return;
        for (const separated of [path, path.normalize('NFKC')]) {
          expect(separated).not.toMatch(/^\/|^[A-Za-z]:|\\|\0/);
          expect(separated.split('/')).not.toContain('..');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('shows names without letting them act on a terminal or hide', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        expect(showName(name)).toMatch(/^"[\x20-\x7e]*"$/);
      }),
    );
    expect(showName('a\u202eb')).toBe('"a\\u202eb"');
  });
});

describe('names that fall on one place', () => {
  const second = (names: readonly (readonly [string, 'file' | 'directory'])[]) => {
    const registry = new NameRegistry();
    return names.map(([name, type]) => registry.add(name, type)?.code ?? null).at(-1);
  };

  test.each([
    ['the same name twice', 'a/b', 'a/b', 'DUPLICATE_NAME'],
    ['case only', 'Setup.exe', 'setup.EXE', 'CASE_COLLISION'],
    ['case of a folder only', 'Bin/a', 'bin/b', 'CASE_COLLISION'],
    ['case outside ASCII', 'Äpfel', 'äPFEL', 'CASE_COLLISION'],
    ['accents encoded differently', 'caf\u00e9', 'cafe\u0301', 'UNICODE_COLLISION'],
    ['a file and a file in it', 'a', 'a/b', 'NAME_CONFLICT'],
    ['a folder and then a file', 'a/b', 'a', 'NAME_CONFLICT'],
  ])('refuses %s', (_title, first, other, code) => {
    expect(
      second([
        [first, 'file'],
        [other, 'file'],
      ]),
    ).toBe(code);
  });

  test('accepts a folder before or after what is in it, but not twice', () => {
    expect(
      second([
        ['a', 'directory'],
        ['a/b', 'file'],
      ]),
    ).toBeNull();
    expect(
      second([
        ['a/b', 'file'],
        ['a', 'directory'],
      ]),
    ).toBeNull();
    expect(
      second([
        ['a', 'directory'],
        ['a', 'directory'],
      ]),
    ).toBe('DUPLICATE_NAME');
  });
});

describe('limits', () => {
  const budget = (limits: Partial<typeof defaultUnpackLimits>) =>
    new UnpackBudget({ ...defaultUnpackLimits, ...limits });

  test('refuses too many entries, too long names, too much content and too deep nesting', () => {
    const entries = budget({ entryCountMax: 2 });
    entries.countEntry(1);
    entries.countEntry(1);
    expect(() => {
      entries.countEntry(1);
    }).toThrow(expect.objectContaining({ code: 'LIMIT_ENTRIES' }));
    expect(() => {
      budget({ namesBytesMax: 9 }).countEntry(10);
    }).toThrow(expect.objectContaining({ code: 'LIMIT_NAMES' }));
    expect(() => {
      budget({ entrySizeBytesMax: 9 }).countContent(10);
    }).toThrow(expect.objectContaining({ code: 'LIMIT_ENTRY_SIZE' }));
    const total = budget({ unpackedSizeBytesMax: 15 });
    total.countContent(10);
    expect(() => {
      total.countContent(6);
    }).toThrow(expect.objectContaining({ code: 'LIMIT_TOTAL_SIZE' }));
    expect(() => {
      budget({}).checkDepth(6);
    }).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
  });

  test('stops a stream that grows past the ratio, but not before the floor', async () => {
    const stream = async function* () {
      for (let at = 0; at < 100; at += 1) yield Promise.resolve(new Uint8Array(10));
    };
    const count = async (packedBytes: number) => {
      let bytes = 0;
      const limits = { ...defaultUnpackLimits, ratioMax: 2, ratioFloorBytes: 500 };
      for await (const chunk of guardRatio(stream(), packedBytes, limits)) bytes += chunk.length;
      return bytes;
    };
    await expect(count(500)).resolves.toBe(1000);
    await expect(count(499)).rejects.toMatchObject({ code: 'LIMIT_RATIO' });
  });
});
