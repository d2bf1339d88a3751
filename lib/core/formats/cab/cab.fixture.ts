/** Builds cabinets field by field, for tests that need one thing wrong. */
import { deflateRawSync } from 'node:zlib';
import { blockChecksum } from './blocks.ts';

export interface CabPart {
  readonly name: string | Uint8Array;
  readonly content: string | Uint8Array;
  /** Stated instead of what is so. */
  readonly sizeBytes?: number;
  readonly offset?: number;
  readonly folder?: number;
  readonly attributes?: number;
}

export interface CabFolderParts {
  readonly type?: number;
  readonly files: readonly CabPart[];
  /** Instead of the blocks that the files' bytes give. */
  readonly blocks?: readonly CabBlock[];
  /** The folder's bytes instead of its files' one after the other. */
  readonly bytes?: Uint8Array;
  readonly blockCount?: number;
}

export interface CabBlock {
  readonly packed: Uint8Array;
  readonly unpackedBytes: number;
}

export interface CabOptions {
  readonly reserve?: {
    readonly header?: Uint8Array;
    readonly folder?: Uint8Array;
    readonly data?: Uint8Array;
  };
  /** No checksums. */
  readonly unchecked?: boolean;
  /** Between the folders' data. */
  readonly gap?: Uint8Array;
}

const frameBytes = 32_768;
export const [stored, mszip] = [0, 1];
export const lzxType = (windowBits: number): number => 3 | (windowBits << 8);

export function cab(
  folders: readonly CabFolderParts[],
  { reserve, unchecked = false, gap }: CabOptions = {},
): Buffer {
  const [inHeader, inFolder, inData] = [reserve?.header, reserve?.folder, reserve?.data].map((bytes) =>
    Buffer.from(bytes ?? []),
  ) as [Buffer, Buffer, Buffer];
  const files = folders.flatMap((folder, index) => filesOf(folder, index));
  const data = folders.map((folder) =>
    Buffer.concat((folder.blocks ?? blocksOf(folder)).map((block) => dataBlock(block, inData, unchecked))),
  );
  const start = reserve === undefined ? 36 : 40 + inHeader.length;
  const filesOffset = start + folders.length * (8 + inFolder.length);
  let at = filesOffset + Buffer.concat(files).length;
  const table = folders.map((folder, index) => {
    const entry = Buffer.alloc(8);
    entry.writeUInt32LE(at, 0);
    entry.writeUInt16LE(folder.blockCount ?? (folder.blocks ?? blocksOf(folder)).length, 4);
    entry.writeUInt16LE(folder.type ?? stored, 6);
    at += (data[index]?.length ?? 0) + (gap?.length ?? 0);
    return Buffer.concat([entry, inFolder]);
  });
  const bodies = data.flatMap((bytes) => [bytes, Buffer.from(gap ?? [])]);
  const header = Buffer.alloc(reserve === undefined ? 36 : 40);
  header.write('MSCF', 0, 'latin1');
  header.writeUInt32LE(at, 8);
  header.writeUInt32LE(filesOffset, 16);
  header.set([3, 1], 24);
  header.writeUInt16LE(folders.length, 26);
  header.writeUInt16LE(files.length, 28);
  header.writeUInt16LE(0x1234, 32);
  if (reserve !== undefined) {
    header.writeUInt16LE(4, 30);
    header.writeUInt16LE(inHeader.length, 36);
    header.set([inFolder.length, inData.length], 38);
  }
  return Buffer.concat([header, inHeader, ...table, ...files, ...bodies]);
}

function filesOf({ files }: CabFolderParts, index: number): Buffer[] {
  let offset = 0;
  return files.map((file) => {
    const entry = Buffer.alloc(16);
    const content = Buffer.from(file.content);
    entry.writeUInt32LE(file.sizeBytes ?? content.length, 0);
    entry.writeUInt32LE(file.offset ?? offset, 4);
    entry.writeUInt16LE(file.folder ?? index, 8);
    entry.writeUInt16LE(0x5a21, 10);
    entry.writeUInt16LE(0x6000, 12);
    entry.writeUInt16LE(file.attributes ?? 0x20, 14);
    offset += content.length;
    return Buffer.concat([entry, Buffer.from(file.name), Buffer.alloc(1)]);
  });
}

/** Of stored and MSZIP folders. */
function blocksOf({ type = stored, files, bytes }: CabFolderParts): CabBlock[] {
  const content = Buffer.from(bytes ?? Buffer.concat(files.map((file) => Buffer.from(file.content))));
  const blocks: CabBlock[] = [];
  for (let at = 0; at < content.length; at += frameBytes) {
    const piece = content.subarray(at, at + frameBytes);
    const dictionary = content.subarray(Math.max(0, at - frameBytes), at);
    const packed =
      type === mszip
        ? Buffer.concat([
            Buffer.from('CK'),
            deflateRawSync(piece, dictionary.length > 0 ? { dictionary } : {}),
          ])
        : piece;
    blocks.push({ packed, unpackedBytes: piece.length });
  }
  return blocks;
}

function dataBlock({ packed, unpackedBytes }: CabBlock, reserved: Uint8Array, unchecked: boolean): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(packed.length, 4);
  header.writeUInt16LE(unpackedBytes, 6);
  const rest = Buffer.concat([header.subarray(4), reserved]);
  header.writeUInt32LE(unchecked ? 0 : blockChecksum(rest, packed), 0);
  return Buffer.concat([header, reserved, packed]);
}
