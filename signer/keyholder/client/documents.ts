import { mkdir, realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { KeyHolderError } from '../protocol/index.ts';

/** A file in the folder of documents. */
export interface SignedDocument {
  readonly file: string;
  readonly sizeBytes: number;
}

export async function documentsFolder(folder: string | undefined): Promise<string | null> {
  if (folder === undefined) return null;
  await mkdir(folder, { recursive: true });
  return realpath(folder);
}

/** → its path below the folder. Throws DOCUMENT_UNREADABLE for one that is elsewhere. */
export async function pathOfDocument(folder: string | null, { file }: SignedDocument): Promise<string> {
  const found = await realpath(file).catch(() => null);
  const path = folder === null || found === null ? null : relative(folder, found);
  if (path === null || path === '' || path.split(sep).includes('..'))
    throw new KeyHolderError('DOCUMENT_UNREADABLE', `${file} is no file in the folder of documents`);
  return path.split(sep).join('/');
}
