/** From addresses in the loaded program to bytes in the file (PE format, "Section Table"). */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import type { PeLayout } from './layout.ts';

export interface PeSection {
  readonly name: string;
  readonly address: number;
  readonly rawOffset: number;
  /** Bytes that are both in the file and in the loaded program. */
  readonly sizeBytes: number;
}

export interface PeImage {
  readonly source: RandomAccessSource;
  readonly layout: PeLayout;
  readonly sections: readonly PeSection[];
}

/** Data directories by number (PE format, "Optional Header Data Directories"). */
export const peDirectories = { exports: 0, resources: 2, clrHeader: 14 } as const;

const certificateDirectoryIndex = 4;
const coffBytes = 24;
const sectionBytes = 40;
const nameBytes = 8;

/** Program with a layout that parsePe accepted → its sections. */
export async function openPeImage(source: RandomAccessSource, layout: PeLayout): Promise<PeImage> {
  const coff = view(await readExactly(source, layout.headerOffset, coffBytes));
  const count = coff.getUint16(6, true);
  const tableOffset = layout.headerOffset + coffBytes + coff.getUint16(20, true);
  const tableBytes = await readExactly(source, tableOffset, count * sectionBytes);
  const table = view(tableBytes);
  const sections = Array.from({ length: count }, (_, index): PeSection => {
    const at = index * sectionBytes;
    const virtualSize = table.getUint32(at + 8, true);
    const rawSize = table.getUint32(at + 16, true);
    const name = Buffer.from(tableBytes.subarray(at, at + nameBytes)).toString('latin1');
    return {
      name: name.replace(/\0+$/, ''),
      address: table.getUint32(at + 12, true),
      rawOffset: table.getUint32(at + 20, true),
      sizeBytes: virtualSize === 0 ? rawSize : Math.min(rawSize, virtualSize),
    };
  });
  return { source, layout, sections };
}

/** Address in a data directory; 0 if the program has none of this kind. */
export async function peDirectory({ source, layout }: PeImage, index: number): Promise<number> {
  if (index >= layout.directoryCount) return 0;
  const at = layout.certificateDirectoryOffset + (index - certificateDirectoryIndex) * 8;
  return view(await readExactly(source, at, 4)).getUint32(0, true);
}

export interface PeAddressProblem {
  readonly code: 'OUT_OF_BOUNDS' | 'MALFORMED';
  /** The address, or the file offset of the section. */
  readonly offset: number;
  /** A sentence's end. */
  readonly message: string;
}

/** `length` bytes at an address of the loaded program, or why they can't be determined: not within one section's part of the file. */
export async function readPeAddress(
  { source, sections }: PeImage,
  address: number,
  length: number,
): Promise<DataView | PeAddressProblem> {
  const section = sections.find(
    (peSection) =>
      peSection.rawOffset !== 0 &&
      address >= peSection.address &&
      address - peSection.address < peSection.sizeBytes,
  );
  const within = section === undefined ? 0 : address - section.address;
  if (section === undefined || within + length > section.sizeBytes) {
    const message = `${length} bytes at address 0x${address.toString(16)} are outside the program's sections`;
    return { code: 'OUT_OF_BOUNDS', offset: address, message };
  }
  // The loader rounds this down to a disk sector: with an unaligned value it would load other bytes than these.
  if (section.rawOffset % 512 !== 0) {
    const message = `the section at address 0x${section.address.toString(16)} starts at byte ${section.rawOffset}, not at a multiple of 512`;
    return { code: 'MALFORMED', offset: section.rawOffset, message };
  }
  return view(await readExactly(source, section.rawOffset + within, length));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
