/**
 * The summary information, a property set ([MS-OLEPS] §2.21) in the stream `\x05SummaryInformation`:
 * ```
 *  0 byte order FE FF · 2 version · 4 system 4 · 8 CLSID 16 · 24 number of sets · 28 FMTID 16 · 44 offset of the set
 * set: size 4, count 4, then for each property id 4, offset in the set 4; a property: type 2, zero 2, value
 * VT_I2 (2): 2 bytes · VT_LPSTR (30): length 4, text with its NUL, in the code page of property 1
 * ```
 */
import type { CompoundFile } from '../cfb/index.ts';
import { readExactly } from '../random-access.ts';
import { decoderOf } from './code-pages.ts';
import { unreadable } from './errors.ts';

const streamName = '\x05SummaryInformation';
const summaryBytesMax = 256 * 1024;
const propertiesMax = 256;
/** F29F85E0-4FF9-1068-AB91-08002B27B3D9 as it is stored. */
const summaryFormat = 'e0859ff2f94f6810ab9108002b27b3d9';

/** Of an installer they say what it is for, for which processors, and which package it is. */
const names: Readonly<Record<number, string>> = { 3: 'Subject', 4: 'Author', 7: 'Template', 9: 'Revision' };
const codePageId = 1;

export async function readSummary(file: CompoundFile): Promise<ReadonlyMap<string, string>> {
  const stream = file.root.children.find(({ name }) => name === streamName);
  const texts = new Map<string, string>();
  if (stream === undefined) return texts;
  if (stream.type !== 'stream' || stream.sizeBytes > summaryBytesMax || stream.sizeBytes < 56)
    throw unreadable('its summary information has no usual size');
  const bytes = Buffer.from(await readExactly(file.open(stream), 0, stream.sizeBytes));
  if (bytes.readUInt16LE(0) !== 0xfffe || bytes.toString('hex', 28, 44) !== summaryFormat)
    throw unreadable('its summary information is no property set of that kind');
  const start = bytes.readUInt32LE(44);
  if (start + 8 > bytes.length) throw unreadable('its summary information is cut off');
  const set = bytes.subarray(start);
  const places = readPlaces(set);
  const codePage = places.get(codePageId);
  const decode = decoderOf(codePage === undefined ? 0 : readNumber(set, codePage));
  for (const [id, name] of Object.entries(names)) {
    const at = places.get(Number(id));
    if (at !== undefined) texts.set(name, decode(readText(set, at)).replace(/\0+$/, ''));
  }
  return texts;
}

function readPlaces(set: Buffer): ReadonlyMap<number, number> {
  const count = set.readUInt32LE(4);
  if (count > propertiesMax || 8 + count * 8 > set.length)
    throw unreadable(`its summary information says ${count} properties`);
  const places = new Map<number, number>();
  for (let at = 8; at < 8 + count * 8; at += 8) {
    const id = set.readUInt32LE(at);
    if (places.has(id)) throw unreadable(`its summary information has property ${id} twice`);
    const place = set.readUInt32LE(at + 4);
    if (place + 8 > set.length) throw unreadable('its summary information is cut off');
    places.set(id, place);
  }
  return places;
}

function readNumber(set: Buffer, at: number): number {
  if (set.readUInt16LE(at) !== 2) throw unreadable('the code page of its summary information is no number');
  return set.readUInt16LE(at + 4);
}

function readText(set: Buffer, at: number): Buffer {
  if (set.readUInt16LE(at) !== 30) throw unreadable('a text of its summary information has another type');
  const length = set.readUInt32LE(at + 4);
  if (at + 8 + length > set.length) throw unreadable('a text of its summary information is cut off');
  return set.subarray(at + 8, at + 8 + length);
}
