import { describe, expect, it } from 'vitest';
import { afterSigning, followOne, hex, program } from '../world.fixture.ts';

const sha256 = hex('sha256', program);
const url = 'https://example.org/app.exe#/renamed.exe';
const write = (value: object): string => `${JSON.stringify(value, null, 4)}\n`;

describe('a manifest of Scoop', () => {
  it.each([
    ['of one file', { version: '1', url, hash: sha256 }],
    ['of several files', { url: ['https://x/y.zip', url], hash: [hex('sha256', 'y'), sha256] }],
    [
      'for architectures',
      {
        architecture: {
          '64bit': { url, hash: sha256 },
          arm64: { url: 'https://x/z', hash: hex('md5', 'z').padEnd(64, '0') },
        },
      },
    ],
    ['with SHA-512', { url, hash: `sha512:${hex('sha512', program)}` }],
    ['with SHA-1', { url, hash: `sha1:${hex('sha1', program)}` }],
    ['with MD5', { url, hash: `md5:${hex('md5', program)}` }],
    ['with SHA-256 that says so', { url, hash: `sha256:${sha256.toUpperCase()}` }],
    [
      'of a mirror',
      {
        url: 'https://example.org/app.exe?download=1',
        hash: sha256,
        autoupdate: { hash: { url: '$url.sha256' } },
      },
    ],
  ])('%s follows', async (_, manifest) => {
    const { written, refused } = await followOne('scoop', 'app.json', write(manifest));
    expect(refused).toEqual([]);
    expect(written['app.json']).toBe(afterSigning(write(manifest)));
    expect(written['app.json']).not.toBe(write(manifest));
  });

  it.each([
    ['fewer digests than files', write({ url: [url, url], hash: [sha256] })],
    ['no file', write({ hash: sha256 })],
    ['a digest of another length', write({ url, hash: `sha512:${sha256}` })],
    ['an unknown kind', write({ url, hash: `blake3:${sha256}` })],
    [
      'an escape in its digest',
      write({ url, hash: sha256 }).replace(
        sha256,
        `\\u00${sha256.charCodeAt(0).toString(16)}${sha256.slice(1)}`,
      ),
    ],
    ['a comment', `{ // x\n}`],
  ])('with %s is refused', async (_, manifest) => {
    expect((await followOne('scoop', 'app.json', manifest)).refused).toEqual(['follow.unreadable']);
  });
});
