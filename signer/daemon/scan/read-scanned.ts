/** The bytes of files that are sent to clamd. They lie where the inspector can write: a link of its isn't followed, and a pipe isn't waited for. */
import { constants, open, type FileHandle } from 'node:fs/promises';
import { fileSource, lentChunks, readExactly, type RandomAccessSource } from '#core/formats/random-access.ts';
import { pieceAt } from '../../inspector/index.ts';

const plainFileOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function openPlain(file: string): Promise<{ handle: FileHandle; source: RandomAccessSource }> {
  const handle = await open(file, plainFileOnly);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new Error(`${file} is no file`);
    return { handle, source: fileSource(handle, found.size) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** In pieces of lent memory; those of a large file are read while the ones before are sent. */
export async function* bytesOf(file: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const piece = pieceAt(file);
  const { handle, source } = await openPlain(piece?.file ?? file);
  try {
    // What lies beyond its end is an error there.
    const [start, end] = piece === null ? [0, source.size] : [piece.start, piece.start + piece.sizeBytes];
    for await (const chunk of lentChunks(source, start, end)) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

/** Small files, each whole. Of pieces in the order of their places, neighbours are read at once. */
export async function* eachWhole(files: readonly string[]): AsyncGenerator<Uint8Array> {
  let opened: { readonly file: string; readonly handle: FileHandle; readonly ahead: ReadAhead } | undefined;
  try {
    for (const path of files) {
      const piece = pieceAt(path);
      const file = piece?.file ?? path;
      if (opened?.file !== file) {
        await opened?.handle.close();
        opened = undefined;
        const { handle, source } = await openPlain(file);
        opened = { file, handle, ahead: new ReadAhead(source) };
      }
      const { ahead } = opened;
      yield await ahead.read(piece?.start ?? 0, piece?.sizeBytes ?? ahead.size);
    }
  } finally {
    await opened?.handle.close();
  }
}

const aheadBytes = 1024 * 1024;

class ReadAhead {
  #start = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #source: RandomAccessSource;
  constructor(source: RandomAccessSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.size;
  }

  /** Good until the next is read. */
  async read(start: number, length: number): Promise<Uint8Array> {
    const isHeld = start >= this.#start && start + length <= this.#start + this.#bytes.length;
    if (!isHeld) {
      const most = Math.max(length, Math.min(aheadBytes, this.#source.size - start));
      this.#bytes = await readExactly(this.#source, start, most);
      this.#start = start;
    }
    return this.#bytes.subarray(start - this.#start, start - this.#start + length);
  }
}
