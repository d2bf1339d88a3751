import { describe, expect, test } from 'vitest';
import { memorySource } from '../random-access.ts';
import { zip, type ZipPart } from '../zip/zip.fixture.ts';
import { nupkg, nuspec } from './nuget.fixture.ts';
import { nuspecOf, readPackage } from './read-package.ts';

const read = (bytes: Uint8Array) => readPackage(memorySource(bytes));
const refused = (bytes: Uint8Array, code: string) =>
  expect(read(bytes)).rejects.toMatchObject({ code, fix: expect.stringMatching(/\.$/) as unknown });

test('a package has its files under the names that NuGet reads, and what its .nuspec says', async () => {
  const bytes = nupkg([{ name: 'content/caf%C3%A9%2B.txt' }, { name: 'lib/', method: 0, attributes: 0 }]);
  const found = await read(bytes);
  expect(found.files.map(({ name }) => name)).toEqual([
    '_rels/.rels',
    'Widget.nuspec',
    'content/café+.txt',
    '[Content_Types].xml',
  ]);
  expect(found.signature).toBeNull();
  expect(await nuspecOf(memorySource(bytes), found)).toEqual({
    id: 'Widget',
    version: '1.2.0',
    authors: 'The Widget team',
    owners: null,
    repositoryUrl: 'https://example.org/widget',
    repositoryCommit: '5f1d3c2b',
    packageTypes: [],
  });
});

describe('a package is refused', () => {
  test.each<[string, readonly ZipPart[], string]>([
    [
      'with a name that climbs out of its folder once NuGet decodes it',
      [{ name: 'lib/%2e%2e/x' }],
      'NAME_ESCAPED',
    ],
    ['with a name that becomes a folder', [{ name: 'lib/x%2F' }], 'NAME_ESCAPED'],
    ['with a name that begins with its own folder', [{ name: '%2e/x' }], 'NAME_ESCAPED'],
    ['with encoding that isn’t UTF-8', [{ name: 'lib/%ff' }], 'NAME_ESCAPED'],
    ['with a percent sign that encodes nothing', [{ name: 'lib/100%' }], 'NAME_ESCAPED'],
    ['with two names that NuGet reads as one', [{ name: 'a+b' }, { name: 'a%2Bb' }], 'DUPLICATE_NAME'],
    ['with two names that differ in case', [{ name: 'lib/a' }, { name: 'lib/A' }], 'CASE_COLLISION'],
    ['with the signature’s name, encoded', [{ name: '%2Esignature.p7s' }], 'NAME_RESERVED'],
    ['with the signature’s name in other case', [{ name: '.Signature.p7s' }], 'NAME_RESERVED'],
    [
      'with a folder of the signature’s name',
      [{ name: '.signature.p7s/', method: 0, attributes: 0 }],
      'NAME_RESERVED',
    ],
    ['with a file in such a folder', [{ name: '.Signature.p7s/a' }], 'NAME_RESERVED'],
    ['with two .nuspec files', [{ name: 'Other.NuSpec' }], 'TWO_NUSPECS'],
    ['with a second .nuspec file, encoded', [{ name: 'Other%2enuspec' }], 'TWO_NUSPECS'],
    ['with sizes in zip64', [{ name: 'lib/a', zip64: true }], 'ZIP64'],
    ['with an entry that zip refuses', [{ name: '../x' }], 'NAME_TRAVERSAL'],
  ])('%s', async (_title, parts, code) => {
    await refused(nupkg(parts), code);
  });

  test('as a whole zip64 archive', async () => {
    await refused(nupkg([], { zip64: true }), 'ZIP64');
  });

  test('without a .nuspec at its top', async () => {
    await refused(nupkg([{ name: 'lib/Widget.nuspec' }], { spec: null }), 'NO_NUSPEC');
    await refused(zip([{ name: 'a%2Bb' }]), 'NO_NUSPEC');
  });

  test('with so many entries that the signature would need zip64', async () => {
    const parts = (count: number) =>
      Array.from({ length: count }, (_none, index) => ({ name: `f/${index}`, method: 0 }));
    // Three more stand in every package.
    expect((await read(nupkg(parts(0xfffd - 3)))).files).toHaveLength(0xfffd);
    await refused(nupkg(parts(0xfffe - 3)), 'TOO_MANY_ENTRIES');
  });

  test('when it is cut off anywhere', async () => {
    const bytes = nupkg();
    for (let length = 0; length < bytes.length; length += 1)
      await expect(read(bytes.subarray(0, length))).rejects.toMatchObject({
        fix: expect.any(String) as unknown,
      });
  });

  test('with a .nuspec over the limit', async () => {
    const bytes = nupkg([], { spec: `${nuspec()}${' '.repeat(1024 * 1024)}` });
    const found = await read(bytes);
    await expect(nuspecOf(memorySource(bytes), found)).rejects.toMatchObject({ code: 'NUSPEC_TOO_LARGE' });
  });
});
