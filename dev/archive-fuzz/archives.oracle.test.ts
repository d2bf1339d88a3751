import { describe, expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { tar, tarPart, paxRecord } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { lacksTools } from '../test/lacks.ts';
import { drawArchive } from './draw.ts';
import { judge, type Archive } from './judge.ts';

const seed = 20_261_128;

describe.skipIf(lacksTools('bsdtar', 'tar', 'unzip', '7zz', 'python3'))(
  'what programs unpack is what was inspected',
  () => {
    test('of archives that are odd in every field, and of those that the signer rewrote', async () => {
      const archives = await Promise.all(
        Array.from({ length: 120 }, (_none, number) => drawArchive(seed, number)),
      );
      const verdicts = await judge(archives);
      const found = verdicts.flatMap(({ differences }, number) =>
        differences.map((difference) => `number ${number}: ${difference}`),
      );
      expect(found).toEqual([]);
      // If everything were refused, the test would prove nothing.
      expect(verdicts.filter(({ refused }) => refused === null).length).toBeGreaterThan(20);
    });

    const file = { name: 'a.exe', content: 'MZ'.repeat(300) };
    const pax = (keyword: string, value: string) =>
      tarPart({ name: 'x', typeflag: 'x', content: paxRecord(keyword, value) });
    test.each<[string, Archive]>([
      ['ustar', { type: 'tar', bytes: tar({ ...file, prefix: 'folder' }, { name: 'b/', typeflag: '5' }) }],
      ['pax', { type: 'tar', bytes: tar(pax('path', 'ein/größerer/name'), file) }],
      [
        'GNU',
        {
          type: 'tar',
          bytes: tar(tarPart({ name: 'L', typeflag: 'L', content: 'long/name\0', magic: 'ustar  \0' }), {
            ...file,
            magic: 'ustar  \0',
          }),
        },
      ],
      ['compressed', { type: 'tar.gz', bytes: gzipSync(tar(file)) }],
      [
        'zip, stored, deflated and with descriptors',
        {
          type: 'zip',
          bytes: zip([
            { ...file, method: 0 },
            { name: 'b' },
            { name: 'c', content: 'c', descriptor: { signature: true, wide: false } },
          ]),
        },
      ],
      [
        'zip64 with UTF-8 names',
        {
          type: 'zip',
          bytes: zip([{ ...file, name: 'größe/日本', flags: 1 << 11, zip64: true }], {
            zip64: true,
            comment: 'c',
          }),
        },
      ],
    ])('of an honest archive: %s, which every program unpacks', async (_title, archive) => {
      expect(await judge([archive])).toEqual([{ refused: null, differences: [], refusedBy: [] }]);
    });

    test('and detects a difference if there is one', async () => {
      // bsdtar cuts the file to nine bytes, the others don't. The inspector's list is told to believe the others.
      const holes = tar(pax('SUN.holesdata', ' 4 600'), file);
      const [verdict] = await judge([{ type: 'tar', bytes: holes }], () => tar(file));
      expect(verdict?.differences.filter((difference) => difference.startsWith('bsdtar'))).not.toEqual([]);
      expect(verdict?.differences.filter((difference) => difference.startsWith('GNU tar'))).toEqual([]);
    });
  },
);
