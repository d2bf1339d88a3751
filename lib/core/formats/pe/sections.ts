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
 * digest covers would be loaded. The digest itself never walks sections, but firmware's does: with a raw size that
 * reaches past the end, even if the program uses less, it would treat the signature as part of the section
 * (sbverify then refuses what osslsigncode signed).
 */
export async function checkSections(source: RandomAccessSource, table: SectionTable): Promise<void> {
  if (table.count === 0) {
    throw new PeError('BAD_HEADER', table.tableOffset, 'the program has no sections', rebuild);
  }
  const bytes = await readExactly(source, table.tableOffset, table.count * sectionBytes);
  const entries = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < table.count; index++) {
    const at = index * sectionBytes;
    const rawSize = entries.getUint32(at + 16, true);
    const rawOffset = entries.getUint32(at + 20, true);
    // No pointer means no bytes in the file.
    if (rawOffset === 0 || rawOffset + rawSize <= table.imageEnd) continue;
    throw new PeError(
      'SECTION_OUT_OF_BOUNDS',
      table.tableOffset + at,
      `section ${index + 1} ends at byte ${rawOffset + rawSize}, the program at ${table.imageEnd}`,
      'Build the program again with a linker that writes the last section whole, and upload the file unchanged.',
    );
  }
}
