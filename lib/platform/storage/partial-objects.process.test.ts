/** Uploads in parts whose bytes are in a bucket of a real S3 server, written by several portals in turn. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import {
  openObjectBucket,
  openPieces,
  type ObjectStore,
  type Pieces,
} from '../../host/object-store/index.ts';
import { startTestServer, type TestServer } from '../../host/object-store/s3/server.fixture.ts';
import { openPartialObjects, pieceBytes } from './partial-objects.ts';
import type { PartialFiles } from './partial-files.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.end());

const objectOf = (bytes: Uint8Array) => ({
  sha256: parseSha256Hex(createHash('sha256').update(bytes).digest('hex')),
  sizeBytes: bytes.byteLength,
});

describe('an upload in parts in a bucket', () => {
  let pieces: Pieces;
  let objects: ObjectStore;
  let portal: () => PartialFiles;
  let id: string;
  beforeEach(async () => {
    const place = await server.newPlace();
    pieces = openPieces({ place, keys: server.keys });
    objects = openObjectBucket({ place, keys: server.keys });
    portal = () => openPartialObjects(openPieces({ place, keys: server.keys }), objects);
    id = randomUUID();
  });

  const append = async (bytes: Uint8Array, start: number, end: number): Promise<void> => {
    const file = await portal().open(id, start);
    if (file === null) throw new Error(`nothing goes on at ${start}`);
    for (let at = start; at < end; at += 300_000)
      await file.write(bytes.subarray(at, Math.min(end, at + 300_000)));
    await file.flush();
    await file.close();
  };
  const stored = async (bytes: Uint8Array): Promise<boolean> => {
    const found = await objects.open(objectOf(bytes).sha256);
    const read: Uint8Array[] = [];
    for await (const piece of found?.bytes() ?? []) read.push(piece);
    return Buffer.concat(read).equals(bytes);
  };

  it('goes on at another portal wherever it stood, and becomes the object', async () => {
    const bytes = randomBytes(2 * pieceBytes + 1000);
    const stops = [0, 10, pieceBytes - 1, pieceBytes, pieceBytes + 1, 2 * pieceBytes, bytes.length];
    for (const [at, end] of stops.entries()) if (at > 0) await append(bytes, stops[at - 1] ?? 0, end);
    expect(await portal().finish(id, objectOf(bytes))).toBe('stored');
    expect(await stored(bytes)).toBe(true);
  });

  it('loses what is beyond where it goes on, also in the piece that it goes on in', async () => {
    const bytes = randomBytes(pieceBytes + 2000);
    await append(bytes, 0, 1000);
    const wrong = Buffer.concat([bytes.subarray(0, 1000), randomBytes(pieceBytes + 5000)]);
    await append(wrong, 1000, wrong.length);
    await append(bytes, 1000, bytes.length);
    expect(await portal().finish(id, objectOf(bytes))).toBe('stored');
    expect(await stored(bytes)).toBe(true);
  });

  it('keeps what was flushed while more is being written', async () => {
    const bytes = randomBytes(3_000_000);
    const file = await portal().open(id, 0);
    if (file === null) throw new Error('it doesn’t begin');
    const writing = [
      file.write(bytes.subarray(0, 1_000_000)),
      file.flush(),
      file.write(bytes.subarray(1_000_000)),
    ];
    await Promise.all(writing);
    expect(await portal().open(id, 1_000_000)).not.toBeNull();
    expect(await portal().open(id, 1_000_001)).toBeNull();
  });

  it('says that other bytes are others, and that missing ones are gone', async () => {
    const bytes = randomBytes(pieceBytes + 10);
    await append(bytes, 0, bytes.length);
    const other = { ...objectOf(bytes), sha256: objectOf(randomBytes(5)).sha256 };
    expect(await portal().finish(id, other)).toBe('other-bytes');
    await pieces.remove(`partial/${id}/000000`);
    expect(await portal().finish(id, objectOf(bytes))).toBe('gone');
    expect(await portal().open(id, bytes.length)).toBeNull();
    expect(await objects.stat(objectOf(bytes).sha256)).toBeNull();
  });

  it('is listed with when it was written last, and goes when it is removed, alone', async () => {
    const bytes = randomBytes(pieceBytes + 10);
    await append(bytes, 0, bytes.length);
    const [one, two] = [id, randomUUID()];
    id = two;
    await append(bytes, 0, 10);
    const listed = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const each of portal().list()) {
        expect(Math.abs(each.modifiedAt.getTime() - Date.now())).toBeLessThan(600_000);
        found.push(each.id);
      }
      return found;
    };
    expect(await listed()).toEqual([one, two].sort());
    await portal().remove(one);
    expect(await listed()).toEqual([two]);
  });

  it.each(['', '..', '../../x', 'A'.repeat(36)])('isn’t found by the id %j', async (odd) => {
    await expect(portal().open(odd, 0)).rejects.toThrow(RangeError);
    await expect(portal().remove(odd)).rejects.toThrow(RangeError);
  });
});
