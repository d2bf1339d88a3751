import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '../../ids/index.ts';
import { judgeLists } from '../judge.ts';
import { followFormats } from '../registry.ts';
import { rewriteList } from '../rewrite.ts';
import { figures, followOne } from '../world.fixture.ts';
import { blake2b } from './blake2b.ts';
import { computeBlockMap } from './block-map.ts';

/** The same bytes each time, which look like compressed ones. */
function noise(length: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 64 < length; at += 1) parts.push(createHash('sha512').update(String(at)).digest());
  return Buffer.concat(parts).subarray(0, length);
}

async function* chunksOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length)
    yield await Promise.resolve(bytes.subarray(at, at + length));
}
const mapOf = (bytes: Uint8Array, length = 65_536): Promise<string> =>
  computeBlockMap(chunksOf(bytes, length));

describe('BLAKE2b', () => {
  it('with 64 bytes is that of OpenSSL', () => {
    for (const length of [0, 1, 63, 127, 128, 129, 255, 256, 257, 8192, 8193]) {
      const bytes = noise(length);
      expect(Buffer.from(blake2b(bytes, 64))).toEqual(createHash('blake2b512').update(bytes).digest());
    }
  });
});

describe('a map of blocks', () => {
  /** By app-builder 5.0, electron-builder’s own program: lengths of the same noise, and SHA-256 of the maps that it writes. */
  it.each([
    [1, '39ae75496f4153f57dbd6cb439d341e33045ade46569c772c5eb749ca41ddba3'],
    [8127, 'd6ece8b56b0f93eb01073e06006bb0f2fff307fca6009bc46c8aaaf530a4cfb7'],
    [8128, '10f0541612524a82e1725504f10c2fed68e4476298c0f4b7c26a65907284a570'],
    [8129, '43217c02a8e44445726c2385172142cf35eaa6fef51e96e5d9b81ec9b5a06150'],
    [8191, '91c9027ac1c181e3cd3663bc8d4441594227af7cdea63e4f8617688227dc7237'],
    [8192, '411bc1d0168f1867aa4fd09082721ea33abd39c2c0cad679890afe92b0320ba5'],
    [8193, '5d7a178c886872e251fb3beffe2cce366ee5612691e59eb04a9e8f8a7bd26a91'],
    [32_768, 'd053564fb173374fd0901e4d639f67c4f4bb7c576a1e1324438c8fc3d30abe18'],
    [32_769, '9687ef6d43bceae9450b2c499314e0f48bf68e7d91aa1ba77068f96266c792e0'],
    [40_960, '68fdf775b542efa7333e161d9c550460abe49de7965065fe0c215db4161a7fbe'],
    [1_000_000, '19d31fc1366578d74ee0c369e6328bc8d7d039477d5747a2ed4d27abde6f54f1'],
  ])('of %i bytes is electron-builder’s', async (length, digest) => {
    const map = await mapOf(noise(length));
    expect(createHash('sha256').update(map).digest('hex')).toBe(digest);
  });

  it('of bytes that never end a block has the longest ones', async () => {
    const { files } = JSON.parse(await mapOf(new Uint8Array(100_000))) as { files: { sizes: number[] }[] };
    expect(files[0]?.sizes).toEqual([32_768, 32_768, 32_768, 1696]);
  });

  it('doesn’t depend on how the file is read', async () => {
    const bytes = noise(200_000);
    const whole = await mapOf(bytes, 200_000);
    for (const length of [1000, 8192, 32_769]) expect(await mapOf(bytes, length)).toBe(whole);
  });
});

describe('a block map beside its installer', () => {
  const name = 'app.exe.blockmap';
  const before = noise(100_000);
  const after = Buffer.concat([before, Buffer.from('a signature')]);

  it('is written anew for the signed one', async () => {
    const list = gzipSync(await mapOf(before));
    const { findings, changing } = await judged(list);
    expect(findings).toMatchObject([{ rule: 'follow.fields' }]);
    const { bytes } = await rewriteList({
      format: followFormats['electron-blockmap'],
      name,
      bytes: list,
      expected: changing,
      files: new Map([['app.exe', { before: figures(before), after: figures(after) }]]),
    });
    expect(gunzipSync(bytes).toString()).toBe(await mapOf(after));
  });

  const judged = async (list: Uint8Array) => {
    const about = { place: name, path: [name], policy: null, sha256: parseSha256Hex('a'.repeat(64)) };
    const result = await judgeLists(
      [
        { path: 'app.exe', changes: true, figures: figures(before) },
        { path: name, changes: false, figures: figures(list) },
      ],
      [{ ...about, format: followFormats['electron-blockmap'], read: () => Promise.resolve(list) }],
    );
    return { findings: result.findings, changing: result.changing[0]?.fields ?? [] };
  };

  it('that is cut otherwise, or about another file, is refused', async () => {
    for (const map of [await mapOf(after), (await mapOf(before)).replace('"offset":0', '"offset":1')])
      expect((await judged(gzipSync(map))).findings).toMatchObject([{ rule: 'follow.mismatch' }]);
  });

  it('is taken with the empty block that app-builder writes where a boundary is at the end', async () => {
    const end = new Uint8Array(32_768);
    const ofBuilder =
      '{"version":"2","files":[{"name":"file","offset":0,"checksums":["49YOHSIXFI1QWFU53E3geupX","kaGkgagus/PmJi3hHxQtI0lF"],"sizes":[32768,0]}]}';
    const value = mapValue(gzipSync(ofBuilder));
    const holds = (map: Uint8Array) => value.holds(map, figures(end));
    expect(await holds(gzipSync(ofBuilder))).toBe(true);
    expect(await holds(gzipSync(await mapOf(end)))).toBe(true);
    expect(await holds(gzipSync(ofBuilder.replace('kaGk', 'AAAA')))).toBe(false);
  });

  const mapValue = (list: Uint8Array) => {
    const [field] = followFormats['electron-blockmap'].read(list, name);
    if (field?.kind !== 'plain') throw new Error('a map has one field');
    return field.value;
  };

  it.each([
    ['not compressed', name, '{"version":"2","files":[]}'],
    ['of another version', name, gzipSync('{"version":"1","files":[]}')],
    ['larger than a map may be once unpacked', name, gzipSync(Buffer.alloc(65 * 1024 * 1024))],
    ['named otherwise', 'app.blocks', gzipSync('{"version":"2","files":[]}')],
  ])('that is %s is refused', async (_, list, content) => {
    expect((await followOne('electron-blockmap', list, content)).refused).toEqual(['follow.unreadable']);
  });
});
