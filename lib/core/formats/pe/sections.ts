import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { PeError, rebuild } from './errors.ts';

interface SectionTable {
  readonly tableOffset: number;
  readonly count: number;
  /** Where the program ends: at the certificate table, or at the end of the file. */
  readonly imageEnd: number;
}

const sectionBytes = 40;

/**
 * Every section's bytes must be in the program, before the certificate table: otherwise bytes that no
 * digest covers would be loaded. The digest itself never walks sections.
 */
export async function checkSections(source: RandomAccessSource, table: SectionTable): Promise<void> {
  if (table.count === 0) {
    throw new PeError('BAD_HEADER', table.tableOffset, 'the program has no sections', rebuild);
  }
  const bytes = await readExactly(source, table.tableOffset, table.count * sectionBytes);
  const entries = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < table.count; index++) {
    const at = index * sectionBytes;
    const virtualSize = entries.getUint32(at + 8, true);
    const rawSize = entries.getUint32(at + 16, true);
    const rawOffset = entries.getUint32(at + 20, true);
    // No pointer means no bytes in the file. Some linkers state a raw size rounded up past the end of an
    // unpadded last section; what counts is the part that the program uses.
    if (rawOffset === 0) continue;
    const used = virtualSize === 0 ? rawSize : Math.min(rawSize, virtualSize);
    if (rawOffset + used > table.imageEnd) {
      throw new PeError(
        'SECTION_OUT_OF_BOUNDS',
        table.tableOffset + at,
        `section ${index + 1} ends at byte ${rawOffset + used}, the program at ${table.imageEnd}`,
        rebuild,
      );
    }
  }
}
