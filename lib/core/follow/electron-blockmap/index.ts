/**
 * electron-builder’s block maps: `App-Setup-1.2.3.exe.blockmap` beside the installer, gzip around JSON. A client compares the map of the version
 * that it has with that of the new one, downloads the blocks that it lacks, and then verifies the whole file by latest.yml.
 *
 * The map as a whole is about one file, so as a whole it is written anew. That the old one is exactly what electron-builder’s default makes of the unsigned
 * file proves that the new one is cut in the same way; other ways (`differentialPackage: store-asar`) are refused.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { FollowError, type FollowFormat, type StatedValue } from '../follow.ts';
import { checksumOf } from './block-map.ts';

/** 22 bytes or more of JSON for 8 KiB of a file, at the least. */
const mapBytesMax = 64 * 1024 * 1024;
const suffix = '.blockmap';

const blockMap: StatedValue = {
  what: 'block map',
  weak: false,
  async holds(written, file) {
    return withoutEmptyEnd(unpacked(written)) === (await file.blockMap());
  },
  write: async (_, file) => gzipSync(await file.blockMap(), { level: 9 }),
};

export const electronBlockmap: FollowFormat = {
  id: 'electron-blockmap',
  one: 'a block map of electron-builder',
  many: 'Block maps of electron-builder',
  fileNames: /.[.]blockmap$/,
  sizeBytesMax: 32 * 1024 * 1024,
  read(bytes, name) {
    if (!name.endsWith(suffix) || name === suffix)
      throw new FollowError(
        'its name doesn’t end in .blockmap, so that nothing tells which file it is about',
        null,
        'Name it after its file, as electron-builder does.',
      );
    unpacked(bytes);
    const field = { start: 0, end: bytes.length, line: 1, label: 'the map', value: blockMap };
    return [{ kind: 'plain', ...field, name: { text: name.slice(0, -suffix.length), as: 'beside' } }];
  },
};

/** app-builder, electron-builder’s program up to version 26, writes an empty block behind a last one that a boundary ends. */
function withoutEmptyEnd(map: string): string {
  const [checksum, size] = [`,"${checksumOf(new Uint8Array())}"],"sizes":[`, ',0]}]}'];
  if (!map.includes(checksum) || !map.endsWith(size)) return map;
  return `${map.slice(0, -size.length)}]}]}`.replace(checksum, '],"sizes":[');
}

/** electron-builder’s JSON, which has its members in one order and no spaces. */
function unpacked(bytes: Uint8Array): string {
  let text: string;
  try {
    text = gunzipSync(bytes, { maxOutputLength: mapBytesMax }).toString('utf8');
  } catch {
    throw new FollowError(
      `it is no gzip file of at most ${mapBytesMax} bytes`,
      null,
      'Submit the block map as electron-builder writes it.',
    );
  }
  if (!text.startsWith('{"version":"2","files":['))
    throw new FollowError(
      'it holds no block map of version 2',
      null,
      'Build with electron-builder 20 or newer.',
    );
  return text;
}
