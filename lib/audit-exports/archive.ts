/** All files of an export as one download: a POSIX.1-1988 archive (ustar), which only needs their sizes. */
import type { OpenedFile } from './read.ts';

const blockBytes = 512;

/** `folder`: all files are in it. `at`: the time they have. */
export async function* archiveOf(
  files: readonly OpenedFile[],
  folder: string,
  at: Date,
): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headerOf(`${folder}/${file.name}`, file.sizeBytes, at);
    for await (const chunk of file.stream()) yield chunk;
    const over = file.sizeBytes % blockBytes;
    if (over > 0) yield new Uint8Array(blockBytes - over);
  }
  yield new Uint8Array(2 * blockBytes);
}

export function archiveSizeBytes(files: readonly OpenedFile[]): number {
  const blocks = files.map(({ sizeBytes }) => 1 + Math.ceil(sizeBytes / blockBytes));
  return (blocks.reduce((sum, block) => sum + block, 0) + 2) * blockBytes;
}

/** IEEE Std 1003.1, pax, "ustar Interchange Format": octal numbers, and a checksum counted with blanks in its place. */
function headerOf(name: string, sizeBytes: number, at: Date): Uint8Array {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0, 100, 'ascii');
  header.write(octal(0o644, 7), 100, 'ascii');
  header.write(octal(0, 7), 108, 'ascii');
  header.write(octal(0, 7), 116, 'ascii');
  header.write(octal(sizeBytes, 11), 124, 'ascii');
  header.write(octal(Math.floor(at.getTime() / 1000), 11), 136, 'ascii');
  header.write('        ', 148, 'ascii');
  header.write('0', 156, 'ascii');
  header.write('ustar\u000000', 257, 'ascii');
  const sum = header.reduce((one, other) => one + other, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
}
