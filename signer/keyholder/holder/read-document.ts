import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyHolderError } from '../protocol/index.ts';

const chunkBytes = 1024 * 1024;

/**
 * The bytes of a file in the folder of documents. The inspector, which hostile bytes may have taken over, writes there: nothing is followed, and
 * only a plain file is read.
 */
export async function* readDocument(folder: string | null, file: string): AsyncGenerator<Uint8Array> {
  if (folder === null)
    throw new KeyHolderError('DOCUMENT_UNREADABLE', 'this key holder was told of no folder of documents');
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(join(folder, file), flags).catch((cause: unknown) => {
    throw new KeyHolderError('DOCUMENT_UNREADABLE', `${file} can't be read: check the work directory`, {
      cause,
    });
  });
  try {
    if (!(await handle.stat()).isFile())
      throw new KeyHolderError('DOCUMENT_UNREADABLE', `${file} is no file: check the work directory`);
    yield* handle.createReadStream({
      highWaterMark: chunkBytes,
      autoClose: false,
    }) as AsyncIterable<Uint8Array>;
  } finally {
    await handle.close();
  }
}
