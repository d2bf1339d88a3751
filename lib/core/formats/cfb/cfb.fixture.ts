/** Compound files from a description, for tests: honest ones, whose bytes tests then change. */
import { memorySource } from '../random-access.ts';
import type { CompoundFile } from './compound-file.ts';
import { entryBytes, type StorageEntry, type StreamEntry } from './directory.ts';
import { signature } from './header.ts';
import { writeCompoundFile } from './write.ts';

export interface Described {
  readonly name: string;
  /** Of a stream. */
  readonly content?: Uint8Array;
  /** Of a storage. */
  readonly children?: readonly Described[];
  readonly clsid?: string;
  readonly stateBits?: number;
  readonly created?: bigint;
}

export interface CompoundOptions {
  readonly version?: 3 | 4;
  readonly clsid?: string;
}

export async function compoundFile(
  children: readonly Described[],
  { version = 3, clsid = '00'.repeat(16) }: CompoundOptions = {},
): Promise<Buffer> {
  const bytes = Buffer.alloc(512);
  signature.copy(bytes);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(version, 26);
  bytes.writeUInt16LE(0xfffe, 28);
  bytes.writeUInt16LE(version === 4 ? 12 : 9, 30);
  bytes.writeUInt16LE(6, 32);
  bytes.writeUInt32LE(4096, 56);
  const contents = new Map<StreamEntry, Uint8Array>();
  const root = entryOf({ name: 'Root Entry', children, clsid }, 5, contents);
  const file: CompoundFile = {
    header: {
      bytes,
      version,
      sectorBytes: version === 4 ? 4096 : 512,
      sectorCount: 0,
      fatSectors: 0,
      firstDirectory: 0,
      firstMiniFat: 0,
      miniFatSectors: 0,
      firstDifat: 0,
      difatSectors: 0,
    },
    root: root as StorageEntry,
    streams: [...contents.keys()],
    open: (stream) => memorySource(contents.get(stream) ?? new Uint8Array(0)),
    gaps: () => [],
  };
  return collected(writeCompoundFile(file, {}));
}

export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}

function entryOf(
  described: Described,
  type: 1 | 2 | 5,
  contents: Map<StreamEntry, Uint8Array>,
): StorageEntry | StreamEntry {
  const { name, content, children, clsid = '00'.repeat(16), stateBits = 0, created = 0n } = described;
  const record = Buffer.alloc(entryBytes);
  record.write(name, 0, 'utf16le');
  record.writeUInt16LE((name.length + 1) * 2, 64);
  record[66] = type;
  record.write(clsid, 80, 'hex');
  record.writeUInt32LE(stateBits, 96);
  record.writeBigUInt64LE(created, 100);
  if (content !== undefined) {
    const sizeBytes = content.length;
    const stream: StreamEntry = { type: 'stream', record, name, offset: 0, first: 0, sizeBytes };
    contents.set(stream, content);
    return stream;
  }
  const inside = (children ?? []).map((child) =>
    entryOf(child, child.content === undefined ? 1 : 2, contents),
  );
  return { type: type === 5 ? 'root' : 'storage', record, name, offset: 0, children: inside };
}
