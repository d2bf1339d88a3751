/** The portal's uploads, whole and in parts, on a real file system that is full. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { lacksSmallDisks } from '../../../dev/test/lacks.ts';
import { SmallDisk } from '../../../dev/test/small-disk.ts';
import { openObjectFolder } from '../../host/object-store/index.ts';
import { openPartialFiles } from './partial-files.ts';

const hashOf = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384);
}

describe.skipIf(lacksSmallDisks())('uploads to a full disk', () => {
  it('leave nothing where it would be taken for an object, say that there is no room, and are taken once there is', async () => {
    await using disk = await SmallDisk.make(1024);
    const folder = join(disk.path, 'store');
    mkdirSync(folder);
    const store = openObjectFolder(folder);
    const bytes = randomBytes(300_000);
    const sha256 = hashOf(bytes);
    const put = () =>
      store.put({
        bytes: chunksOf(bytes),
        expectedSha256: sha256,
        sizeBytesMax: bytes.length,
        sizeBytesExpected: bytes.length,
      });
    await store.checkWritable();
    disk.fill(100);
    await expect(put()).rejects.toMatchObject({
      code: 'STORE_FULL',
      message: `${folder} has no space left`,
      cause: { code: 'ENOSPC' },
    });
    expect(await store.stat(sha256)).toBeNull();
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
    disk.fill();
    await expect(store.checkWritable()).rejects.toMatchObject({ code: 'STORE_FULL' });
    disk.free();
    await store.checkWritable();
    expect(await put()).toMatchObject({ created: true, sha256 });
    expect(await store.stat(sha256)).toMatchObject({ sizeBytes: bytes.length });
  });

  it('in parts go on from the last part that was whole: what a full disk took of the next one is gone', async () => {
    await using disk = await SmallDisk.make(1024);
    const folder = join(disk.path, 'store');
    mkdirSync(folder);
    const partial = openPartialFiles(folder, openObjectFolder(folder));
    const id = randomUUID();
    const bytes = randomBytes(400_000);
    const first = await partial.open(id, 0);
    await first?.write(bytes.subarray(0, 100_000));
    await first?.flush();
    await first?.close();
    disk.fill(80);
    const second = await partial.open(id, 100_000);
    await expect(second?.write(bytes.subarray(100_000))).rejects.toMatchObject({ code: 'STORE_FULL' });
    await second?.close();
    const file = join(folder, 'partial', id);
    expect(statSync(file).size, 'a part of the part is there').toBeGreaterThan(100_000);
    disk.free();
    expect(await partial.finish(id, { sha256: hashOf(bytes), sizeBytes: bytes.length })).toBe('other-bytes');
    const again = await partial.open(id, 100_000);
    expect(statSync(file).size).toBe(100_000);
    await again?.write(bytes.subarray(100_000));
    await again?.flush();
    await again?.close();
    expect(await partial.finish(id, { sha256: hashOf(bytes), sizeBytes: bytes.length })).toBe('stored');
    const digest = hashOf(bytes);
    const stored = join(folder, digest.slice(0, 2), digest.slice(2));
    expect(existsSync(stored) && readFileSync(stored).equals(bytes)).toBe(true);
  });
});
