/**
 * Files that arrive in parts, in a bucket, where whichever portal answers goes on with them: pieces of one size, `partial/<id>/<number>`, of
 * which the last grows by being replaced. One piece is in memory for each call that writes.
 */
import { isError } from '#core/error/index.ts';
import { ObjectStoreError, type ObjectWriter, type Pieces } from '../../host/object-store/index.ts';
import type { PartialFile, PartialFiles } from './partial-files.ts';

export const pieceBytes = 5 * 1024 * 1024;

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const nameForm = /^partial\/([0-9a-f-]{36})\/(\d{6})$/;

function folderOf(id: string): string {
  if (!idForm.test(id)) throw new RangeError(`not the id of an upload: ${id}`);
  return `partial/${id}/`;
}

const nameOf = (id: string, number: number): string => `${folderOf(id)}${String(number).padStart(6, '0')}`;

/** Asks nothing before it is used. */
export function openPartialObjects(pieces: Pieces, objects: ObjectWriter): PartialFiles {
  return {
    async open(id, offset) {
      const number = Math.floor(offset / pieceBytes);
      const used = offset - number * pieceBytes;
      let before = 0;
      const later: string[] = [];
      for await (const { name, sizeBytes } of pieces.list(folderOf(id))) {
        const [, , digits] = nameForm.exec(name) ?? [];
        if (digits === undefined) continue;
        if (Number(digits) < number) before += sizeBytes === pieceBytes ? 1 : 0;
        else if (Number(digits) > number || used === 0) later.push(name);
      }
      if (before !== number) return null;
      const last = used === 0 ? new Uint8Array() : await pieces.read(nameOf(id, number), pieceBytes);
      if (last === null || last.byteLength < used) return null;
      for (const name of later) await pieces.remove(name);
      return writerAt(pieces, id, number, last.subarray(0, used));
    },
    async finish(id, { sha256, sizeBytes }) {
      try {
        await objects.put({
          bytes: bytesOf(pieces, id, sizeBytes),
          expectedSha256: sha256,
          sizeBytesMax: sizeBytes,
          sizeBytesExpected: sizeBytes,
        });
        return 'stored';
      } catch (cause) {
        if (!isError(cause, ObjectStoreError)) throw cause;
        // The store that couldn't be read is no sender that broke off.
        if (isError(cause.cause, ObjectStoreError)) throw cause.cause;
        if (cause.code === 'OBJECT_DIGEST_MISMATCH') return 'other-bytes';
        if (cause.code === 'OBJECT_TRUNCATED' || cause.code === 'OBJECT_TOO_LARGE') return 'gone';
        throw cause;
      }
    },
    async remove(id) {
      for await (const { name } of pieces.list(folderOf(id))) await pieces.remove(name);
    },
    async *list() {
      // In order of names: all pieces of an upload come one after the other.
      let last: { readonly id: string; readonly modifiedAt: Date } | null = null;
      for await (const { name, modifiedAt } of pieces.list('partial/')) {
        const [, id] = nameForm.exec(name) ?? [];
        if (id === undefined || !idForm.test(id)) continue;
        const newest: Date = last?.id === id && last.modifiedAt > modifiedAt ? last.modifiedAt : modifiedAt;
        if (last !== null && last.id !== id) yield last;
        last = { id, modifiedAt: newest };
      }
      if (last !== null) yield last;
    },
  };
}

/** Ends early where a piece isn't there, or isn't whole: then the sizes differ. */
async function* bytesOf(pieces: Pieces, id: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; number * pieceBytes < sizeBytes; number += 1) {
    const piece = await pieces.read(nameOf(id, number), pieceBytes);
    if (piece === null) return;
    yield piece;
  }
}

function writerAt(pieces: Pieces, id: string, first: number, begun: Uint8Array): PartialFile {
  const bytes = Buffer.allocUnsafeSlow(pieceBytes);
  bytes.set(begun);
  let [number, used, stored] = [first, begun.byteLength, begun.byteLength];
  const keep = async (): Promise<void> => {
    if (used === stored) return;
    await pieces.put(nameOf(id, number), bytes.subarray(0, used));
    stored = used;
  };
  // Flushing has its own time: it waits for what is being written, and the other way round.
  let queue: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  };
  return {
    write: (chunk) =>
      inTurn(async () => {
        for (let rest = chunk; rest.byteLength > 0;) {
          if (used === pieceBytes) {
            await keep();
            [number, used, stored] = [number + 1, 0, 0];
          }
          const taken = rest.subarray(0, pieceBytes - used);
          bytes.set(taken, used);
          used += taken.byteLength;
          rest = rest.subarray(taken.byteLength);
        }
      }),
    flush: () => inTurn(keep),
    close: () => inTurn(() => Promise.resolve()),
  };
}
