import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { objectPath, ObjectStoreError, openObjectFolder } from '../../host/object-store/index.ts';
import { openPartialFiles } from './partial-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-partial-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sha256Of = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
const filesLeft = (): readonly string[] => readdirSync(join(folder, 'partial'));

describe('a file that arrived in parts', () => {
  const id = randomUUID();
  const bytes = randomBytes(1000);
  const object = { sha256: sha256Of(bytes), sizeBytes: bytes.byteLength };
  const arrive = async (files: ReturnType<typeof openPartialFiles>): Promise<void> => {
    const file = await files.open(id, 0);
    await file?.write(bytes);
    await file?.close();
  };

  it('is nobody’s to write in while it becomes the object, also for who takes the first call for dead', async () => {
    const objects = openObjectFolder(folder);
    let found: unknown = 'nobody asked';
    const files = openPartialFiles(folder, {
      ...objects,
      take: async (request) => {
        const isTaken = await objects.take(request);
        // The lease ran out meanwhile: another portal goes on where the row says that the upload stands.
        const other = await openPartialFiles(folder, objects).open(id, 300);
        found = other;
        await other?.write(Buffer.alloc(700));
        await other?.close();
        return isTaken;
      },
    });
    await arrive(files);
    expect(await files.finish(id, object)).toBe('stored');
    expect(found).toBeNull();
    expect(readFileSync(objectPath(folder, object.sha256)).equals(bytes)).toBe(true);
    expect(filesLeft()).toEqual([]);
  });

  it('is there to try again where the store failed', async () => {
    const objects = openObjectFolder(folder);
    const full = new ObjectStoreError('STORE_FULL', 'no space left');
    const failing = openPartialFiles(folder, { ...objects, take: () => Promise.reject(full) });
    await arrive(failing);
    await expect(failing.finish(id, object)).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(filesLeft()).toEqual([id]);
    expect(await openPartialFiles(folder, objects).finish(id, object)).toBe('stored');
    expect(await openPartialFiles(folder, objects).finish(id, object)).toBe('gone');
  });
});
