import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { PeError, rebuild } from './errors.ts';
import { runsInFirmware } from './subsystem.ts';

interface SectionTable {
  readonly tableOffset: number;
  readonly count: number;
  /** Where the program ends: at the certificate table, or at the end of the file. */
  readonly imageEnd: number;
  /** IMAGE_SUBSYSTEM_*. */
  readonly subsystem: number;
}

const sectionBytes = 40;

/** Of a section that has bytes in the file. */
interface SectionRange {
  readonly number: number;
  /** Of its entry in the table. */
  readonly entryOffset: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Every section's bytes must be in the program, after its headers and before the certificate table: otherwise bytes that no
 * digest covers would be loaded. The digest itself never walks sections, but firmware's does: with a raw size that
 * reaches past the end, even if the program uses less, it would treat the signature as part of the section, and bytes that
 * two sections have it would hash twice. Windows hashes the file as it lies, and there are such installers: makensis
 * lets resources grow into the section after them.
 */
export async function checkSections(source: RandomAccessSource, table: SectionTable): Promise<void> {
  if (table.count === 0) {
    throw new PeError('BAD_HEADER', table.tableOffset, 'the program has no sections', rebuild);
  }
  const bytes = await readExactly(source, table.tableOffset, table.count * sectionBytes);
  const entries = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ranges: SectionRange[] = [];
  for (let index = 0; index < table.count; index++) {
    const at = index * sectionBytes;
    const rawSize = entries.getUint32(at + 16, true);
    const rawOffset = entries.getUint32(at + 20, true);
    // No pointer means no bytes in the file.
    if (rawOffset === 0) continue;
    const section = {
      number: index + 1,
      entryOffset: table.tableOffset + at,
      start: rawOffset,
      end: rawOffset + rawSize,
    };
    if (section.end > table.imageEnd)
      throw new PeError(
        'SECTION_OUT_OF_BOUNDS',
        section.entryOffset,
        `section ${section.number} ends at byte ${section.end}, the program at ${table.imageEnd}`,
        'Build the program again with a linker that writes the last section whole, and upload the file unchanged.',
      );
    if (rawSize > 0) ranges.push(section);
  }
  // Not SizeOfHeaders: what UPX packs states more than is so.
  checkApart(ranges, table.tableOffset + table.count * sectionBytes, table);
}

function checkApart(
  ranges: readonly SectionRange[],
  headersEnd: number,
  program: Pick<SectionTable, 'subsystem'>,
): void {
  const isWalked = runsInFirmware(program);
  let before = { name: 'the headers', end: headersEnd };
  for (const { number, entryOffset, start, end } of ranges.toSorted(
    (one, other) => one.start - other.start,
  )) {
    if (start < before.end)
      throw new PeError(
        'SECTION_OVERLAP',
        entryOffset,
        `section ${number} has bytes from ${start} on, and ${before.name} up to ${before.end}: some belong to both`,
        rebuild,
      );
    if (isWalked) before = { name: `section ${number}`, end };
  }
}
