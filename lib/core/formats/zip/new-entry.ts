/** Entries that a rewritten zip archive gets beside those that it had: what the headers of a plain new file hold. */
import { crc32 } from 'node:zlib';
import { ArchiveError } from '../archive/index.ts';
import type { ZipEntry } from './read-zip.ts';
import { flag, inZip64, method, signature, viewOf } from './zip-fields.ts';

export interface ZipAddition {
  /** With `/` between its parts; the caller has made sure that no entry has it. */
  readonly path: string;
  /** Stored as it is, so it should be small: a signature, a manifest. */
  readonly content: Uint8Array;
  /** The entry whose time, attributes and system it takes over; absent: 1 January 1980, no attributes, MS-DOS. */
  readonly like?: ZipEntry;
}

/** Where an addition was written. */
export interface WrittenAddition {
  readonly addition: ZipAddition;
  readonly localOffset: number;
}

/** APPNOTE §4.4.6: 1 January 1980, the first day there is. */
const firstDay = 0x0021;
/** APPNOTE §4.4.3: 2.0, for folders in names. */
const version = 20;

/** Local header and content (APPNOTE §4.3.7). */
export function* localBytes(addition: ZipAddition): Generator<Uint8Array> {
  const name = nameOf(addition);
  const header = new Uint8Array(30 + name.length);
  const view = viewOf(header);
  view.setUint32(0, signature.local, true);
  view.setUint16(4, version, true);
  setShared(view, 6, addition, name);
  header.set(name, 30);
  yield header;
  yield addition.content;
}

/** Record of the central directory (APPNOTE §4.3.12). */
export function centralBytes({ addition, localOffset }: WrittenAddition): Uint8Array {
  if (localOffset >= inZip64) {
    throw new ArchiveError({
      code: 'NOT_REWRITABLE',
      message: 'The zip archive is over 4 GiB, and gets an entry behind that.',
      fix: 'Make the archive smaller, or split it.',
    });
  }
  const name = nameOf(addition);
  const record = new Uint8Array(46 + name.length);
  const view = viewOf(record);
  const like = addition.like === undefined ? null : viewOf(addition.like.record);
  view.setUint32(0, signature.central, true);
  view.setUint16(4, ((like?.getUint16(4, true) ?? 0) & 0xff00) | version, true);
  view.setUint16(6, version, true);
  setShared(view, 8, addition, name);
  view.setUint16(36, like?.getUint16(36, true) ?? 0, true);
  view.setUint32(38, like?.getUint32(38, true) ?? 0, true);
  view.setUint32(42, localOffset, true);
  record.set(name, 46);
  return record;
}

/** From the flags to the length of the extra field: the same in both headers. */
function setShared(view: DataView, at: number, { content, like }: ZipAddition, name: Uint8Array): void {
  const isAscii = name.every((byte) => byte < 0x80);
  const time = like === undefined ? null : viewOf(like.record);
  view.setUint16(at, isAscii ? 0 : flag.utf8, true);
  view.setUint16(at + 2, method.stored, true);
  view.setUint16(at + 4, time?.getUint16(12, true) ?? 0, true);
  view.setUint16(at + 6, time?.getUint16(14, true) ?? firstDay, true);
  view.setUint32(at + 8, crc32(content), true);
  view.setUint32(at + 12, content.length, true);
  view.setUint32(at + 16, content.length, true);
  view.setUint16(at + 20, name.length, true);
}

const nameOf = ({ path }: ZipAddition): Uint8Array => Buffer.from(path, 'utf8');
