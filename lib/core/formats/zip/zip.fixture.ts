/** Builds zip archives record by record, for tests that need a single fault. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly attributes?: number;
  readonly localExtra?: Uint8Array;
  readonly centralExtra?: Uint8Array;
  readonly comment?: string;
  /** Data descriptor: with or without signature, 4- or 8-byte sizes. Sets flag bit 3, zeros in the local header. */
  readonly descriptor?: { readonly signature: boolean; readonly wide: boolean };
  readonly zip64?: boolean;
  /** Written instead of the packed content. */
  readonly packed?: Uint8Array;
  /** Bytes between this entry and what follows. */
  readonly gap?: Uint8Array;
  readonly changeLocal?: (header: Buffer) => void;
  readonly changeCentral?: (record: Buffer) => void;
}

interface ZipOptions {
  readonly before?: Uint8Array;
  readonly comment?: string;
  readonly zip64?: boolean;
  readonly changeEnd?: (end: Buffer) => void;
  /** Order of the central directory, as indexes of the parts. */
  readonly order?: readonly number[];
}

export function zip(parts: readonly ZipPart[], options: ZipOptions = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = options.before?.length ?? 0;
  for (const part of parts) {
    const { local, central } = entry(part, offset);
    locals.push(local);
    centrals.push(central);
    offset += local.length;
  }
  const order = options.order ?? parts.map((_part, index) => index);
  const directory = Buffer.concat(order.map((index) => centrals[index] ?? Buffer.alloc(0)));
  return Buffer.concat([
    options.before ?? Buffer.alloc(0),
    ...locals,
    directory,
    end(order.length, offset, directory.length, options),
  ]);
}

function entry(part: ZipPart, offset: number): { local: Buffer; central: Buffer } {
  const name = Buffer.from(part.name);
  const content = Buffer.from(part.content ?? '');
  const method = part.method ?? 8;
  const packed = Buffer.from(part.packed ?? (method === 0 ? content : deflateRawSync(content)));
  const flags = (part.flags ?? 0) | (part.descriptor === undefined ? 0 : 8);
  const checksum = crc32(content);
  const numbers = (packedFirst: boolean) => {
    const both = Buffer.alloc(16);
    both.writeBigUInt64LE(BigInt(packedFirst ? packed.length : content.length), 0);
    both.writeBigUInt64LE(BigInt(packedFirst ? content.length : packed.length), 8);
    return both;
  };
  const deferred = part.descriptor !== undefined;
  const zip64Extra = Buffer.concat([
    Buffer.from([1, 0, 16, 0]),
    deferred ? Buffer.alloc(16) : numbers(false),
  ]);
  const localExtra = Buffer.concat([
    part.zip64 === true ? zip64Extra : Buffer.alloc(0),
    part.localExtra ?? Buffer.alloc(0),
  ]);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(part.zip64 === true ? 45 : 20, 4);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(method, 8);
  local.writeUInt32LE(0x5a8f6c21, 10);
  local.writeUInt32LE(deferred ? 0 : checksum, 14);
  local.writeUInt32LE(part.zip64 === true ? 0xffffffff : deferred ? 0 : packed.length, 18);
  local.writeUInt32LE(part.zip64 === true ? 0xffffffff : deferred ? 0 : content.length, 22);
  local.writeUInt16LE(name.length, 26);
  local.writeUInt16LE(localExtra.length, 28);
  part.changeLocal?.(local);

  const offset64 = Buffer.alloc(8);
  offset64.writeBigUInt64LE(BigInt(offset));
  const central64 = Buffer.concat([Buffer.from([1, 0, 24, 0]), numbers(false), offset64]);
  const centralExtra = Buffer.concat([
    part.zip64 === true ? central64 : Buffer.alloc(0),
    part.centralExtra ?? Buffer.alloc(0),
  ]);
  const comment = Buffer.from(part.comment ?? '');
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(0x031e, 4);
  local.copy(central, 6, 4, 14);
  central.writeUInt16LE(flags, 8);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(checksum, 16);
  central.writeUInt32LE(part.zip64 === true ? 0xffffffff : packed.length, 20);
  central.writeUInt32LE(part.zip64 === true ? 0xffffffff : content.length, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt16LE(centralExtra.length, 30);
  central.writeUInt16LE(comment.length, 32);
  central.writeUInt32LE(part.attributes ?? 0o100644 * 65536, 38);
  central.writeUInt32LE(part.zip64 === true ? 0xffffffff : offset, 42);
  part.changeCentral?.(central);
  return {
    local: Buffer.concat([
      local,
      name,
      localExtra,
      packed,
      descriptor(part, checksum, packed, content),
      part.gap ?? Buffer.alloc(0),
    ]),
    central: Buffer.concat([central, name, centralExtra, comment]),
  };
}

function descriptor(part: ZipPart, checksum: number, packed: Buffer, content: Buffer): Buffer {
  if (part.descriptor === undefined) return Buffer.alloc(0);
  const { signature, wide } = part.descriptor;
  const bytes = Buffer.alloc(wide ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(checksum, 4);
  if (wide) {
    bytes.writeBigUInt64LE(BigInt(packed.length), 8);
    bytes.writeBigUInt64LE(BigInt(content.length), 16);
  } else {
    bytes.writeUInt32LE(packed.length, 8);
    bytes.writeUInt32LE(content.length, 12);
  }
  return signature ? bytes : bytes.subarray(4);
}

function end(count: number, offset: number, size: number, options: ZipOptions): Buffer {
  const comment = Buffer.from(options.comment ?? '');
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(options.zip64 === true ? 0xffff : count, 8);
  record.writeUInt16LE(options.zip64 === true ? 0xffff : count, 10);
  record.writeUInt32LE(options.zip64 === true ? 0xffffffff : size, 12);
  record.writeUInt32LE(options.zip64 === true ? 0xffffffff : offset, 16);
  record.writeUInt16LE(comment.length, 20);
  options.changeEnd?.(record);
  if (options.zip64 !== true) return Buffer.concat([record, comment]);
  const record64 = Buffer.alloc(56);
  record64.writeUInt32LE(0x06064b50, 0);
  record64.writeBigUInt64LE(44n, 4);
  record64.writeUInt16LE(45, 12);
  record64.writeUInt16LE(45, 14);
  record64.writeBigUInt64LE(BigInt(count), 24);
  record64.writeBigUInt64LE(BigInt(count), 32);
  record64.writeBigUInt64LE(BigInt(size), 40);
  record64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record64, locator, record, comment]);
}
