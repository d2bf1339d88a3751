/** The bytes of files that are sent to clamd. They lie where the inspector can write: a link of its isn't followed, and a pipe isn't waited for. */
import { constants, open, type FileHandle } from 'node:fs/promises';
import { fileSource, lentChunks, readExactly, type RandomAccessSource } from '#core/formats/random-access.ts';
import { messageOf, Unavailable } from '../../ground/availability/index.ts';
import { pieceAt } from '../../inspector/index.ts';
import { sessionFileBytesMax } from './clamd-session.ts';

/** It isn't what the inspector said that it is. That says nothing about clamd. */
export class UnreadableFile extends Unavailable {
  static override readonly errorName = 'UnreadableFile';
  constructor(cause: unknown) {
    super(
      'inspector',
      `a file can’t be scanned, since it isn’t as the inspector left it: ${messageOf(cause)}`,
      'none is needed: the request is inspected again; if it stays so, look at the disk of the signer’s work directory',
      cause,
    );
  }
}

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
  try {
    yield* readPlain(file, signal);
  } catch (error) {
    throw signal?.aborted === true ? error : new UnreadableFile(error);
  }
}

async function* readPlain(file: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
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

/** Small files, each whole. Of pieces in the order of their places, neighbours are read at once. One that isn't small isn't read. */
export async function* eachWhole(files: readonly string[]): AsyncGenerator<Uint8Array> {
  try {
    yield* readEach(files);
  } catch (error) {
    throw new UnreadableFile(error);
  }
}

async function* readEach(files: readonly string[]): AsyncGenerator<Uint8Array> {
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
      const sizeBytes = piece?.sizeBytes ?? ahead.size;
      if (sizeBytes > sessionFileBytesMax)
        throw new RangeError(`${sizeBytes} bytes, where a small file has at most ${sessionFileBytesMax}`);
      yield await ahead.read(piece?.start ?? 0, sizeBytes);
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
