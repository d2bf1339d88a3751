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

describe('a bill of materials of SPDX 3.0 in JSON-LD', () => {
  const context = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld';
  const hashes = (content: string) => [
    { type: 'Hash', algorithm: 'sha1', hashValue: hex('sha1', content) },
    { type: 'Hash', algorithm: 'sha256', hashValue: hex('sha256', content) },
  ];
  const ld = (graph: readonly object[], more: object = {}): string =>
    `${JSON.stringify({ '@context': context, '@graph': graph, ...more }, null, 1)}\n`;
  const fileOf = (content: string, more: object = {}) => ({
    type: 'software_File',
    spdxId: 'https://example.org/a#File-app',
    name: './app.exe',
    verifiedUsing: hashes(content),
    ...more,
  });
  const graph = (content: string) => [
    { type: 'CreationInfo', '@id': '_:creationinfo', specVersion: '3.0.1' },
    fileOf(content),
    {
      type: 'software_Package',
      name: 'App',
      software_downloadLocation: 'https://x/app.exe',
      verifiedUsing: hashes(content),
    },
    { type: 'Relationship', from: 'a', relationshipType: 'contains', to: ['b'] },
    { ...fileOf(content, { name: './other.txt' }), verifiedUsing: hashes('other') },
  ];
  it('follows, in files and packages', async () => {
    const { written, refused } = await followOne('spdx', 'bom.json', ld(graph(program)));
    expect(refused).toEqual([]);
    expect(written['bom.json']).toBe(ld(graph(signedProgram)));
  });
  const gitoid = {
    type: 'software_ContentIdentifier',
    software_contentIdentifierType: 'gitoid',
    software_contentIdentifierValue: 'gitoid:blob:sha256:00',
  };
  it.each([
    [
      'with an identifier made of its content',
      ld([fileOf(program, { software_contentIdentifier: [gitoid] })]),
      'follow.cannot',
    ],
    [
      'with a digest that isn’t computed here',
      ld([fileOf(program, { verifiedUsing: [{ type: 'Hash', algorithm: 'blake3', hashValue: '00' }] })]),
      'follow.cannot',
    ],
    [
      'with another context',
      ld([fileOf(program)], { '@context': [context, { a: 'b' }] }),
      'follow.unreadable',
    ],
    ['without a graph', JSON.stringify({ '@context': context, ...fileOf(program) }), 'follow.unreadable'],
    ['with a context inside', ld([fileOf(program, { '@context': {} })]), 'follow.unreadable'],
    [
      'with addresses for keys',
      ld([fileOf(program, { 'https://spdx.org/rdf/3.0.1/terms/Core/verifiedUsing': [] })]),
      'follow.unreadable',
    ],
    [
      'with a digest that others refer to',
      ld([fileOf(program, { verifiedUsing: ['_:hash'] })]),
      'follow.unreadable',
    ],
    ['with a digest by itself', ld([{ '@id': '_:hash', ...hashes(program)[0] }]), 'follow.unreadable'],
    [
      'with a verification code',
      ld([
        fileOf(program, {
          verifiedUsing: [{ type: 'PackageVerificationCode', algorithm: 'sha1', hashValue: '00' }],
        }),
      ]),
      'follow.unreadable',
    ],
  ])('%s is refused', async (_, list, rule) => {
    expect((await followOne('spdx', 'bom.json', list)).refused).toEqual([rule]);
  });
});
