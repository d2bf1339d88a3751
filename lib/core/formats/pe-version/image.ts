/** From addresses in the loaded program to bytes in the file (PE format, "Section Table"). */
import type { PeLayout } from '../pe/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { PeVersionError } from './error.ts';

interface Section {
  readonly name: string;
  readonly address: number;
  readonly rawOffset: number;
  /** Bytes that are both in the file and in the loaded program. */
  readonly sizeBytes: number;
}

export interface Image {
  readonly source: RandomAccessSource;
  readonly sections: readonly Section[];
  /** Address of the resource directory; 0 where the program has none. */
  readonly resources: number;
}

const coffOffset = 4;
const coffBytes = 20;
const sectionBytes = 40;
const nameBytes = 8;
const resourceDirectoryIndex = 2;
const certificateDirectoryIndex = 4;

/** Program with a layout that parsePe accepted → its sections and where its resources are. */
export async function openImage(source: RandomAccessSource, layout: PeLayout): Promise<Image> {
  const peOffset = view(await readExactly(source, 60, 4)).getUint32(0, true);
  const coff = view(await readExactly(source, peOffset + coffOffset, coffBytes));
  const count = coff.getUint16(2, true);
  const tableOffset = peOffset + coffOffset + coffBytes + coff.getUint16(16, true);
  const tableBytes = await readExactly(source, tableOffset, count * sectionBytes);
  const table = view(tableBytes);
  const sections = Array.from({ length: count }, (_, index): Section => {
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
  const back = (certificateDirectoryIndex - resourceDirectoryIndex) * 8;
  const directory = await readExactly(source, layout.certificateDirectoryOffset - back, 4);
  return { source, sections, resources: view(directory).getUint32(0, true) };
}

/** `length` bytes at an address of the loaded program; rejects (OUT_OF_BOUNDS) what isn't in one section's file part. */
export async function readAt(image: Image, address: number, length: number): Promise<DataView> {
  const section = image.sections.find(
    (one) => one.rawOffset !== 0 && address >= one.address && address - one.address < one.sizeBytes,
  );
  const within = section === undefined ? 0 : address - section.address;
  if (section === undefined || within + length > section.sizeBytes) {
    throw new PeVersionError(
      'OUT_OF_BOUNDS',
      address,
      `${length} bytes of the resources, at address 0x${address.toString(16)}, are outside the program's sections`,
    );
  }
  // The loader rounds this down to a disk sector: with an odd value it would see other bytes than stand here.
  if (section.rawOffset % 512 !== 0) {
    const message = `the section with the resources starts at byte ${section.rawOffset}, not at a multiple of 512`;
    throw new PeVersionError('MALFORMED', section.rawOffset, message);
  }
  return view(await readExactly(image.source, section.rawOffset + within, length));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
