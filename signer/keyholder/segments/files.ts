/** Where the segments of a keyholder's journal are: in a folder beside it, three files each (decision 0131). */
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `journal.jsonl` → `journal.jsonl.segments`. */
export const segmentsFolder = (journalFile: string): string => `${journalFile}.segments`;

/** The lines, as they were written: what may be moved into an archive. */
export const recordsFile = (folder: string, number: number): string =>
  join(folder, `${padded(number)}.jsonl`);
export const indexFile = (folder: string, number: number): string => join(folder, `${padded(number)}.index`);
export const footerFile = (folder: string, number: number): string => join(folder, `${padded(number)}.json`);

const padded = (number: number): string => String(number).padStart(6, '0');

/** Under another name first, flushed, then renamed, and the folder flushed: after a crash it is complete or absent. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await putInPlace(file);
}

/** `FILE.new`, which is flushed → FILE, for good. */
export async function putInPlace(file: string): Promise<void> {
  await rename(`${file}.new`, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
