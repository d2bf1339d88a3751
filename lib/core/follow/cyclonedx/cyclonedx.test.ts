import { describe, expect, it } from 'vitest';
import { afterSigning, followOne, hex, program } from '../world.fixture.ts';

const hashes = [
  { alg: 'SHA-1', content: hex('sha1', program) },
  { alg: 'SHA-256', content: hex('sha256', program) },
  { alg: 'SHA-512', content: hex('sha512', program) },
  { alg: 'BLAKE2b-512', content: hex('blake2b512', program) },
];
const foreign = [{ alg: 'SHA-256', content: hex('sha256', 'lodash') }];
const file = { type: 'file', name: 'app.exe', hashes };
const write = (parts: object): string =>
  `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', ...parts }, null, 2)}\n`;

describe('a bill of materials of CycloneDX', () => {
  it.each([
    ['with a component', { components: [file, { type: 'library', name: 'lodash', hashes: foreign }] }],
    [
      'about the component itself',
      { metadata: { component: { type: 'application', name: 'app.exe', hashes } } },
    ],
    ['with components inside others', { components: [{ type: 'framework', name: 'x', components: [file] }] }],
    [
      'with where it is distributed',
      {
        components: [
          {
            type: 'application',
            name: 'App',
            externalReferences: [{ type: 'distribution', url: 'https://x/app.exe', hashes }],
          },
        ],
      },
    ],
  ])('%s follows', async (_, parts) => {
    const { written, refused } = await followOne('cyclonedx', 'bom.json', write(parts));
    expect(refused).toEqual([]);
    expect(written['bom.json']).toBe(afterSigning(write(parts)));
  });

  it('that lists a library with the name of a file that stays keeps it', async () => {
    const list = write({ components: [file, { type: 'library', name: 'notes', hashes: foreign }] });
    expect((await followOne('cyclonedx', 'bom.json', list, { notes: 'x' })).refused).toEqual([]);
    const signedOne = write({ components: [{ type: 'library', name: 'app.exe', hashes: foreign }] });
    expect((await followOne('cyclonedx', 'bom.json', signedOne)).refused).toEqual(['follow.mismatch']);
  });

  it('with a digest that isn’t computed here is refused for files that get signed', async () => {
    const blake3 = [{ alg: 'BLAKE3', content: hex('sha256', 'x') }];
    const list = (name: string) => write({ components: [{ type: 'file', name, hashes: blake3 }] });
    expect((await followOne('cyclonedx', 'bom.json', list('app.exe'))).refused).toEqual(['follow.cannot']);
    expect((await followOne('cyclonedx', 'bom.json', list('x'), { x: 'x' })).refused).toEqual([]);
  });

  it.each([
    ['in XML of another kind', '<?xml version="1.0"?><bom/>'],
    ['of another kind', '{"spdxVersion":"SPDX-2.3"}'],
    ['that is signed', write({ signature: { algorithm: 'RS256', value: 'x' } })],
    [
      'with a digest that is none',
      write({ components: [{ name: 'x', hashes: [{ alg: 'SHA-1', content: 'x' }] }] }),
    ],
    ['with digests of nothing', write({ components: [{ hashes }] })],
  ])('%s is refused', async (_, list) => {
    expect((await followOne('cyclonedx', 'bom.json', list)).refused).toEqual(['follow.unreadable']);
  });
});

describe('a bill of materials of CycloneDX in XML', () => {
  const xml = (
    inside: string,
    attributes = 'xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"',
  ): string =>
    `\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<bom ${attributes}>\r\n${inside}\r\n</bom>\r\n`;
  const digests = hashes.map(({ alg, content }) => `<hash alg="${alg}">${content}</hash>`).join('\r\n  ');
  const about = (inside: string): string =>
    `<components>\r\n<component type="file"><name>app.exe</name> <!-- Grüße --> <hashes>${inside}</hashes></component></components>`;
  it.each([
    ['with a component', about(digests)],
    [
      'about the component itself',
      `<metadata><component type="application"><name>app.exe</name><hashes>${digests}</hashes></component></metadata>`,
    ],
    [
      'with where it is distributed',
      `<components><component type="application"><name>App</name><externalReferences><reference type="distribution"><url>https://x/app.exe</url><hashes>${digests}</hashes></reference></externalReferences></component></components>`,
    ],
  ])('%s follows', async (_, parts) => {
    const { written, refused } = await followOne('cyclonedx', 'bom.xml', xml(parts));
    expect(refused).toEqual([]);
    expect(written['bom.xml']).toBe(afterSigning(xml(parts)));
  });
  const sha256 = hex('sha256', program);
  it.each([
    [
      'with a comment among the digits',
      xml(about(`<hash alg="SHA-256">${sha256.slice(0, 9)}<!-- -->${sha256.slice(9)}</hash>`)),
    ],
    ['with a reference among the digits', xml(about(`<hash alg="SHA-256">&#x30;${sha256.slice(1)}</hash>`))],
    ['with CDATA', xml(about(`<hash alg="SHA-256"><![CDATA[${sha256}]]></hash>`))],
    ['with spaces around them', xml(about(`<hash alg="SHA-256"> ${sha256} </hash>`))],
    ['with prefixes', xml(about('<b:hash alg="SHA-256">00</b:hash>'))],
    [
      'with digests in another namespace',
      xml(
        about('<hash xmlns="x" alg="SHA-256">00</hash>')
          .replace('<hashes>', '<hashes xmlns="x">')
          .replace('<component ', '<component xmlns="x" '),
      ),
    ],
    ['that is signed', xml(`${about(digests)}<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`)],
    ['with entities of its own', xml(about(digests)).replace('<bom', '<!DOCTYPE bom [<!ENTITY a "b">]><bom')],
    ['of another namespace', xml(about(digests), 'xmlns="http://example.org/"')],
    [
      'with digests of nothing',
      xml(`<components><component type="file"><hashes>${digests}</hashes></component></components>`),
    ],
  ])('%s is refused', async (_, list) => {
    expect((await followOne('cyclonedx', 'bom.xml', list)).refused).toEqual(['follow.unreadable']);
  });
});
