import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ArchiveError, UnpackBudget, defaultUnpackLimits } from '../../archive/index.ts';
import { collect } from '../../archive/stream.fixture.ts';
import { mszip, stored } from '../../cab/cab.fixture.ts';
import type { ContainerChanges } from '../../container.ts';
import { memorySource } from '../../random-access.ts';
import { patchClass, type TableParts } from '../msi.fixture.ts';
import { streamName, tableStreamName } from '../names.ts';
import { readPackage } from '../package.ts';
import { msiContainer } from './container.ts';
import {
  filledInstaller,
  someDirectories,
  someFiles,
  type FilledParts,
  type InstalledParts,
} from './contents.fixture.ts';

const budget = () => new UnpackBudget(defaultUnpackLimits);

async function list(bytes: Uint8Array): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { path, issues, content } of msiContainer.open(memorySource(bytes), budget())) {
    found[path] =
      `${(await collect(content)).toString('latin1')}${issues.map(({ code }) => ` (${code})`).join('')}`;
  }
  return found;
}

async function others(bytes: Uint8Array): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name, content } of msiContainer.others?.(memorySource(bytes), budget()) ?? []) {
    await collect(content);
    names.push(name);
  }
  return names;
}

async function rewrite(bytes: Uint8Array, changes: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const asked: ContainerChanges = {
    added: () => Promise.resolve([]),
    replace({ path }) {
      const content = changes[path];
      return content === undefined ? null : { sizeBytes: content.length, content: () => chunks(content) };
    },
  };
  return collect(msiContainer.rewrite(memorySource(bytes), budget(), asked));
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 9999) yield await Promise.resolve(bytes.subarray(at, at + 9999));
}

const check = (before: Uint8Array, after: Uint8Array, ...changed: readonly string[]) =>
  msiContainer.checkOthers?.(
    memorySource(before),
    memorySource(after),
    { before: budget(), after: budget() },
    new Set(changed),
  );

const one = (file: Partial<InstalledParts>): FilledParts => ({
  files: [{ key: 'F', name: 'a.exe', content: 'a', ...file }],
});
const all = {
  'Widget Maker/widget program.exe': 'program',
  'Widget Maker/bin/tool.exe': 'tool'.repeat(2000),
  'Widget Maker/read.txt': '',
  'Binary/Actions': 'actions',
};

describe('what an installer holds', () => {
  test.each<[string, FilledParts]>([
    ['as it is', {}],
    ['version 4', { options: { version: 4 } }],
    ['three bytes for each string', { database: { wide: true } }],
    [
      'in two cabinets',
      {
        media: [
          [2, 3, '#b.cab'],
          [1, 1, '#a.cab'],
        ],
        cabinets: {
          'a.cab': [{ type: stored, files: [{ name: 'F1', content: 'program' }] }],
          'b.cab': [
            {
              type: mszip,
              files: [
                { name: 'F2', content: 'tool'.repeat(2000) },
                { name: 'F3', content: '' },
              ],
            },
          ],
        },
      },
    ],
  ])('is named by the paths that it is installed under: %s', async (_, parts) => {
    expect(await list(await filledInstaller(parts))).toEqual(all);
  });

  test('also of a merge module, which has one cabinet and no media', async () => {
    const files = [{ key: 'F1.Module', name: 'a.dll', content: 'a' }];
    const cabinets = {
      'MergeModule.CABinet': [{ type: mszip, files: [{ name: 'F1.Module', content: 'a' }] }],
    };
    expect(await list(await filledInstaller({ files, cabinets, media: [], binaries: {} }))).toEqual({
      'Widget Maker/a.dll': 'a',
    });
  });

  test('is named by its key where two files would have one path, and without folders that Windows names', async () => {
    const files = [
      { key: 'A', name: 'w.dll', content: 'a', directory: 'SystemFolder' },
      { key: 'B', name: 'W.DLL', content: 'b', directory: 'System64Folder' },
      { key: 'C', name: 'c.dll', content: 'c', directory: 'System64Folder' },
    ];
    const directories = {
      ...someDirectories,
      SystemFolder: ['TARGETDIR', '.'],
      System64Folder: ['TARGETDIR', '.'],
    } as const;
    expect(await list(await filledInstaller({ files, directories, binaries: {} }))).toEqual({
      'File/A/w.dll': 'a',
      'File/B/W.DLL': 'b',
      'c.dll': 'c',
    });
  });

  test('streams that no table has are files, too, and tables are others', async () => {
    const file = await filledInstaller({
      streams: [{ name: streamName('loose'), content: Buffer.from('x') }],
    });
    expect(await list(file)).toMatchObject({ 'Stream/loose': 'x' });
    expect([...(await others(file))].sort()).toEqual(
      ['!Binary', '!Component', '!Directory', '!File', '!Media', '!MsiFileHash', '!Property']
        .concat(['!_Columns', '!_StringData', '!_StringPool', '\x05SummaryInformation'])
        .sort(),
    );
    const behind = Buffer.concat([file, Buffer.from('hidden')]);
    expect(await others(behind)).toContain('(bytes of no stream)');
  });
});

describe('an installer whose files can’t be told is refused', () => {
  const row = (name: string, columns: TableParts['columns'], ...rows: TableParts['rows']): FilledParts => ({
    data: [{ name, columns, rows }],
  });
  test.each<[string, FilledParts, string, RegExp]>([
    ['a patch', { options: { clsid: patchClass } }, 'UNSUPPORTED', /is a patch/],
    ['a transform in it', { streams: [{ name: 'de', children: [] }] }, 'UNSUPPORTED', /transforms/],
    ['a cabinet beside it', { media: [[1, 3, 'product.cab']] }, 'UNSUPPORTED', /beside it/],
    ['files beside it', { media: [[1, 3, '']] }, 'UNSUPPORTED', /beside it/],
    ['a file beside it', one({ attributes: 0x2000 }), 'UNSUPPORTED', /row 1 of its table File/],
    [
      'signatures of cabinets that are checked',
      row('MsiDigitalSignature', [['Table', 0x0d48]], ['Media']),
      'UNSUPPORTED',
      /checks signatures/,
    ],
    ['a cabinet that is not there', { media: [[1, 3, '#other.cab']] }, 'BAD_HEADER', /not in it/],
    [
      'a cabinet named twice',
      {
        media: [
          [1, 1, '#product.cab'],
          [2, 3, '#product.cab'],
        ],
      },
      'BAD_HEADER',
      /twice/,
    ],
    ['a file beyond the last cabinet', { media: [[1, 2, '#product.cab']] }, 'BAD_HEADER', /beyond/],
    [
      'two rows with one key',
      { files: [...someFiles, { key: 'F1', name: 'b', content: 'b' }] },
      'BAD_HEADER',
      /two files "F1"/,
    ],
    ['a file without sequence', one({ sequence: 0 }), 'BAD_HEADER', /without size or sequence/],
    ['a size below zero', one({ sizeBytes: -5 }), 'BAD_HEADER', /without size or sequence/],
    ['an unknown component', one({ component: 'none' }), 'BAD_HEADER', /not there/],
    [
      'directories in a circle',
      { directories: { ...someDirectories, App: ['Bin', 'app'] } },
      'BAD_HEADER',
      /or in itself/,
    ],
    [
      'a directory without parent',
      { directories: { App: ['none', 'app'], Bin: ['App', 'bin'] } },
      'BAD_HEADER',
      /not there/,
    ],
    [
      'a file that the cabinet lacks',
      { cabinets: { 'product.cab': [{ files: [{ name: 'F1', content: 'program' }] }] } },
      'BAD_HEADER',
      /lists 2 files/,
    ],
    [
      'a file that only the cabinet has',
      { ...one({}), cabinets: { 'product.cab': [{ files: [{ name: 'G', content: 'a' }] }] } },
      'HIDDEN_DATA',
      /doesn’t put there/,
    ],
    [
      'another size than the cabinet says',
      one({ sizeBytes: 2 }),
      'HEADER_MISMATCH',
      /row 1 of its table File/,
    ],
    ['another digest than the content has', one({ hash: 'wrong' }), 'BAD_CHECKSUM', /MsiFileHash/],
  ])('%s', async (_, parts, code, message) => {
    const refused = list(await filledInstaller(parts));
    await expect(refused).rejects.toThrow(ArchiveError);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });

  test.each<[string, FilledParts, string]>([
    [
      'a folder above',
      { directories: { ...someDirectories, App: ['TARGETDIR', '..'] }, ...one({}) },
      'NAME_TRAVERSAL',
    ],
    [
      'a folder with slashes',
      { directories: { ...someDirectories, App: ['TARGETDIR', 'a/../b'] }, ...one({}) },
      'AMBIGUOUS',
    ],
    ['a file in another folder', one({ name: 'b/a.exe' }), 'AMBIGUOUS'],
    ['backslashes', one({ name: '..\\a.exe' }), 'NAME_BACKSLASH'],
    ['no name', one({ name: 'A|' }), 'AMBIGUOUS'],
    ['a stream with a path', { binaries: { '..': 'x' } }, 'NAME_TRAVERSAL'],
  ])('by its names: %s', async (_, parts, code) => {
    const found = Object.values(await list(await filledInstaller(parts)));
    expect(found.join()).toContain(code);
  });

  test('string pool and columns that make no sense', async () => {
    const file = await filledInstaller();
    const { file: read } = await readPackage(memorySource(file));
    for (const name of [
      '_StringPool',
      '_Columns',
      'File',
      'Directory',
      'Component',
      'Media',
      'MsiFileHash',
    ]) {
      const stream = read.streams.find((entry) => entry.name === tableStreamName(name));
      if (stream === undefined) throw new Error(name);
      const content = Buffer.from(await read.open(stream).read(0, stream.sizeBytes));
      const at = file.indexOf(content);
      for (const value of [0, 0x7fff, 0xffff]) {
        for (let offset = 0; offset + 2 <= content.length; offset += 2) {
          const broken = Buffer.from(file);
          broken.writeUInt16LE(value, at + offset);
          await list(broken).then(
            () => undefined,
            (error: unknown) => {
              expect(error).toBeInstanceOf(ArchiveError);
            },
          );
        }
      }
    }
  });
});

describe('an installer with other content for some files', () => {
  const changes = {
    'Widget Maker/widget program.exe': randomBytes(70_000),
    'Binary/Actions': randomBytes(5000),
  };
  test.each<[string, FilledParts]>([
    ['version 3', {}],
    ['version 4', { options: { version: 4 } }],
    ['no digests', { files: someFiles.map((file) => ({ ...file, hash: 'none' as const })) }],
  ])('opens as one, and nothing else differs: %s', async (_, parts) => {
    const before = await filledInstaller(parts);
    const after = await rewrite(before, changes);
    const latin1 = Object.entries(changes).map(([path, bytes]) => [path, bytes.toString('latin1')]);
    expect(await list(after)).toEqual({ ...all, ...Object.fromEntries(latin1) });
    expect(Object.keys(await list(after))).toEqual(Object.keys(await list(before)));
    await check(before, after, ...Object.keys(changes));
    await expect(check(before, after, 'Binary/Actions')).rejects.toMatchObject({ code: 'NOT_REWRITABLE' });
  });

  test('is the same where nothing changes', async () => {
    const before = await filledInstaller();
    expect(await rewrite(before, {})).toEqual(before);
  });

  test('is refused where tables, streams or attributes differ in more', async () => {
    const before = await filledInstaller();
    const path = 'Widget Maker/widget program.exe';
    const after = await rewrite(before, { [path]: Buffer.from('program') });
    await check(before, after, path);
    const lies: readonly FilledParts[] = [
      { files: someFiles.map((file) => ({ ...file, attributes: 513 })) },
      { files: someFiles.map((file) => (file.key === 'F3' ? { ...file, hash: 'none' as const } : file)) },
      { database: { summary: { 3: 'Other' } } },
      { database: { properties: { ProductName: 'Other' } } },
      { binaries: { Actions: 'others!' } },
      { streams: [{ name: streamName('more'), content: Buffer.from('x') }] },
    ];
    for (const lie of lies)
      await expect(
        check(before, await filledInstaller(lie), path),
        JSON.stringify(lie),
      ).rejects.toMatchObject({
        code: 'NOT_REWRITABLE',
      });
    const hidden = Buffer.concat([after, Buffer.from('hidden'), Buffer.alloc(506)]);
    await expect(check(before, hidden, path)).rejects.toMatchObject({ code: 'NOT_REWRITABLE' });
  });

  test('takes no new files, and none that is not as long as was said', async () => {
    const source = memorySource(await filledInstaller());
    const added = () => Promise.resolve([{ path: 'a.sig', content: Buffer.from('x') }]);
    const more = msiContainer.rewrite(source, budget(), { replace: () => null, added });
    await expect(collect(more)).rejects.toMatchObject({ code: 'NOT_REWRITABLE' });
    const lying = (path: string) =>
      msiContainer.rewrite(source, budget(), {
        added: () => Promise.resolve([]),
        replace: (file) =>
          file.path === path ? { sizeBytes: 9, content: () => chunks(Buffer.from('four')) } : null,
      });
    for (const path of ['Binary/Actions', 'Widget Maker/bin/tool.exe'])
      await expect(collect(lying(path)), path).rejects.toThrow(ArchiveError);
  });
});
