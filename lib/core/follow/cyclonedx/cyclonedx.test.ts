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
    ['in XML', '<?xml version="1.0"?><bom/>'],
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
