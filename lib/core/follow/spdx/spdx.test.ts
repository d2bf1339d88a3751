import { describe, expect, it } from 'vitest';
import { followOne, hex, program, signedProgram } from '../world.fixture.ts';

const notes = 'what is new';
const codeOf = (...contents: readonly string[]): string =>
  hex(
    'sha1',
    contents
      .map((content) => hex('sha1', content))
      .sort()
      .join(''),
  );
const sums = (content: string) => [
  { algorithm: 'SHA1', checksumValue: hex('sha1', content) },
  { algorithm: 'SHA256', checksumValue: hex('sha256', content) },
];
const files = (content: string) => [
  { SPDXID: 'SPDXRef-app', fileName: './app.exe', checksums: sums(content) },
  { SPDXID: 'SPDXRef-notes', fileName: './notes.txt', checksums: sums(notes) },
  {
    SPDXID: 'SPDXRef-doc',
    fileName: './sbom.spdx',
    checksums: [{ algorithm: 'SHA1', checksumValue: '0'.repeat(40) }],
  },
];
const json = (content: string, packages: object = {}, more: object = {}): string =>
  JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    packages: [
      {
        SPDXID: 'SPDXRef-package',
        name: 'App',
        downloadLocation: 'NOASSERTION',
        packageVerificationCode: {
          packageVerificationCodeValue: codeOf(content, notes),
          packageVerificationCodeExcludedFiles: ['sbom.spdx'],
        },
        ...packages,
      },
    ],
    files: files(content),
    ...more,
  });
const tags = (content: string): string => `SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
DocumentComment: <text>PackageName: not this
FileChecksum: SHA1: nor this</text>
# the package
PackageName: App
SPDXID: SPDXRef-Package
PackageDownloadLocation: https://example.org/app.exe
PackageChecksum: SHA256: ${hex('sha256', content)}
PackageVerificationCode: ${codeOf(content, notes)} (excludes: ./sbom.spdx)

FileName: ./app.exe
SPDXID: SPDXRef-App
FileChecksum: SHA1: ${hex('sha1', content)}
FileChecksum: MD5: ${hex('md5', content)}
FileName: ./notes.txt
FileChecksum: SHA1: ${hex('sha1', notes)}
FileName: ./sbom.spdx
FileChecksum: SHA1: ${'0'.repeat(40)}
`;
/** The document excludes itself: its own digest can’t be in it. */
const follow = (list: string) => followOne('spdx', 'bom/sbom.json', list, { 'notes.txt': notes });

describe('a bill of materials of SPDX', () => {
  it.each([
    ['in JSON', json],
    ['as tags and values', tags],
    ['with lines that end as on Windows', (content: string) => tags(content).replaceAll('\n', '\r\n')],
    [
      'with its files by reference',
      (content: string) => json(content, { hasFiles: ['SPDXRef-app', 'SPDXRef-notes'] }),
    ],
    [
      'with its files by relationship',
      (content: string) =>
        json(
          content,
          { packageVerificationCode: { packageVerificationCodeValue: codeOf(content) } },
          {
            relationships: [
              {
                spdxElementId: 'SPDXRef-package',
                relationshipType: 'CONTAINS',
                relatedSpdxElement: 'SPDXRef-app',
              },
            ],
          },
        ),
    ],
    [
      'of a file that is the package',
      (content: string) => json(content, { packageFileName: 'app.exe', checksums: sums(content) }),
    ],
    [
      'of a package from an address',
      (content: string) => json(content, { downloadLocation: 'https://x/app.exe', checksums: sums(content) }),
    ],
  ])('%s follows, with the code of the package', async (_, write) => {
    const { written, refused } = await follow(write(program));
    expect(refused).toEqual([]);
    expect(written['bom/sbom.json']).toBe(write(signedProgram));
  });

  it('with a code that is wrong before is refused', async () => {
    for (const write of [json, tags]) {
      const wrong = write(program).replace(codeOf(program, notes), codeOf(program));
      expect((await follow(wrong)).refused).toEqual(['follow.mismatch']);
    }
  });

  it('with a code over a file without SHA-1 is refused', async () => {
    const list = json(program)
      .replace('"algorithm":"SHA1"', '"algorithm":"SHA224"')
      .replace(hex('sha1', program), hex('sha224', program));
    const { refused, findings } = await follow(list);
    expect(refused).toEqual(['follow.mismatch']);
    expect(findings[0]?.expected).toBe('a list with the SHA-1 of each of these files');
  });

  it('with digests that aren’t computed here is refused for files that get signed', async () => {
    for (const list of [
      json(program).replace('"algorithm":"SHA256"', '"algorithm":"BLAKE3"'),
      tags(program).replace('FileChecksum: MD5', 'FileChecksum: MD4'),
    ])
      expect((await follow(list)).refused).toContain('follow.cannot');
  });

  it.each([
    ['of another version', json(program).replace('SPDX-2.3', 'SPDX-3.0')],
    ['in XML', '<rdf/>'],
    ['with a file without a name', json(program).replace('"fileName"', '"fileNam"')],
    ['without its version', tags(program).replace('SPDX-2.3', '2.3')],
    ['with a line that is no tag', `${tags(program)}and so on\n`],
    ['with a text that doesn’t end', `${tags(program)}FileComment: <text>x\n`],
    ['with a checksum of nothing', `SPDXVersion: SPDX-2.3\nFileChecksum: SHA1: ${hex('sha1', '')}\n`],
    ['with a checksum that is none', tags(program).replace('MD5: ', 'MD5 ')],
    ['with a code that is none', tags(program).replace(codeOf(program, notes), 'abc')],
  ])('%s is refused', async (_, list) => {
    expect((await follow(list)).refused).toEqual(['follow.unreadable']);
  });
});
