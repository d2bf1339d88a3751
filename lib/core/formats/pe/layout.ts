/**
 * Where things are in a Windows program, as far as signing needs to know.
 * Source: PE Format (Microsoft), "MS-DOS Stub" to "Section Table" and "The Attribute Certificate Table".
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { readCertificateTable, type CertificateTable } from './certificate-table.ts';
import { PeError, rebuild } from './errors.ts';
import { checkSections } from './sections.ts';

export interface PeLayout {
  readonly format: 'pe32' | 'pe32+';
  /** IMAGE_FILE_MACHINE_*, for example 0x8664 for x64. */
  readonly machine: number;
  /** IMAGE_FILE_* bits of the COFF header, for example 0x2000 for a DLL. */
  readonly characteristics: number;
  /** IMAGE_SUBSYSTEM_*: 2 and 3 run in Windows, 1 in its kernel, 10 to 13 in firmware. */
  readonly subsystem: number;
  /** IMAGE_DLLCHARACTERISTICS_* bits of the optional header. */
  readonly dllCharacteristics: number;
  readonly sizeBytes: number;
  /** e_lfanew: where the PE header begins. Windows requires a multiple of 4, firmware doesn't. */
  readonly headerOffset: number;
  readonly checksumOffset: number;
  /** The checksum that the header states; peChecksum computes the right one. */
  readonly checksumStated: number;
  /** Where data directory 4 is, which has the file offset and size of the certificate table. */
  readonly certificateDirectoryOffset: number;
  /** 5 to 16. */
  readonly directoryCount: number;
  /** null for an unsigned program. */
  readonly certificateTable: CertificateTable | null;
}

const dosHeaderBytes = 64;
const signatureAndCoffBytes = 24;
const certificateDirectoryIndex = 4;
const directoriesMax = 16;
/** The loader itself gives up on headers further back than this. */
const peHeaderOffsetMax = 256 * 1024 * 1024;
/** The certificate directory uses 32-bit file offsets. */
const fileSizeMax = 0xffffffff;

/** Offsets inside the optional header; both formats put SizeOfHeaders at 60, CheckSum at 64, Subsystem at 68, DllCharacteristics at 70. */
const formats = {
  0x10b: { format: 'pe32', directoryCountOffset: 92, directoriesOffset: 96 },
  0x20b: { format: 'pe32+', directoryCountOffset: 108, directoriesOffset: 112 },
} as const;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Program → PeLayout. Reads the headers, the section table and the frame of the certificate table only.
 * Rejects (PeError): no or a broken header, truncation, fewer than five data directories, sections
 * outside the file, and a certificate table that is unaligned, out of bounds, of another kind, padded by
 * more than 7 bytes, of more than 16 entries, or not the last thing in the file.
 */
export async function parsePe(source: RandomAccessSource): Promise<PeLayout> {
  const peOffset = await findPeHeader(source);
  const coff = view(await readExactly(source, peOffset, signatureAndCoffBytes));
  const optionalOffset = peOffset + signatureAndCoffBytes;
  const optionalBytes = coff.getUint16(20, true);
  const sectionCount = coff.getUint16(6, true);
  const sectionTableOffset = optionalOffset + optionalBytes;
  const headersEnd = sectionTableOffset + sectionCount * 40;
  if (headersEnd > source.size) {
    throw new PeError(
      'TRUNCATED',
      source.size,
      `the headers end at byte ${headersEnd}, the file has ${source.size}`,
      rebuild,
    );
  }
  if (optionalBytes < 2) {
    throw new PeError('BAD_HEADER', peOffset + 20, `optional header of ${optionalBytes} bytes`, rebuild);
  }
  const optional = view(await readExactly(source, optionalOffset, optionalBytes));
  const kind = readKind(optional, optionalOffset);
  const certificateDirectoryOffset = kind.directoriesOffset + certificateDirectoryIndex * 8;
  const sizeOfHeaders = optional.getUint32(60, true);
  if (sizeOfHeaders < headersEnd || sizeOfHeaders > source.size) {
    throw new PeError(
      'BAD_HEADER',
      optionalOffset + 60,
      `SizeOfHeaders is ${sizeOfHeaders}; the headers take ${headersEnd} bytes of the file's ${source.size}`,
      rebuild,
    );
  }
  const certificateTable = await readCertificateTable(source, {
    directoryOffset: optionalOffset + certificateDirectoryOffset,
    tableOffset: optional.getUint32(certificateDirectoryOffset, true),
    sizeBytes: optional.getUint32(certificateDirectoryOffset + 4, true),
    headersEnd: sizeOfHeaders,
  });
  const imageEnd = certificateTable?.offset ?? source.size;
  const subsystem = optional.getUint16(68, true);
  await checkSections(source, {
    tableOffset: sectionTableOffset,
    count: sectionCount,
    imageEnd,
    subsystem,
  });
  return {
    format: kind.format,
    machine: coff.getUint16(4, true),
    characteristics: coff.getUint16(22, true),
    subsystem,
    dllCharacteristics: optional.getUint16(70, true),
    sizeBytes: source.size,
    headerOffset: peOffset,
    checksumOffset: optionalOffset + 64,
    checksumStated: optional.getUint32(64, true),
    certificateDirectoryOffset: optionalOffset + certificateDirectoryOffset,
    directoryCount: optional.getUint32(kind.directoryCountOffset, true),
    certificateTable,
  };
}

async function findPeHeader(source: RandomAccessSource): Promise<number> {
  const notPe = 'Upload a Windows program (.exe, .dll, .sys), or remove this file from the `pe` elements.';
  if (source.size > fileSizeMax) {
    throw new PeError('TOO_LARGE', 0, `${source.size} bytes; a program ends below 4 GiB`, rebuild);
  }
  const start = await readExactly(source, 0, Math.min(source.size, dosHeaderBytes));
  if (start[0] !== 0x4d || start[1] !== 0x5a) {
    throw new PeError('NOT_PE', 0, 'the file does not start with MZ: it is not a Windows program', notPe);
  }
  if (start.length < dosHeaderBytes) {
    const message = `the file has ${source.size} bytes, its first header needs ${dosHeaderBytes}`;
    throw new PeError('TRUNCATED', source.size, message, rebuild);
  }
  const peOffset = view(start).getUint32(60, true);
  // Any alignment: memtest86+ and other EFI programs have odd ones. An offset inside the DOS header only occurs in crafted files.
  if (peOffset < dosHeaderBytes || peOffset > peHeaderOffsetMax) {
    throw new PeError('BAD_HEADER', 60, `e_lfanew ${peOffset} can't be the offset of a PE header`, rebuild);
  }
  if (peOffset + signatureAndCoffBytes > source.size) {
    const message = `the PE header at byte ${peOffset} is outside the file of ${source.size} bytes`;
    throw new PeError('TRUNCATED', source.size, message, rebuild);
  }
  const signature = view(await readExactly(source, peOffset, 4)).getUint32(0, true);
  if (signature !== 0x00004550) {
    throw new PeError('NOT_PE', peOffset, 'no PE signature where e_lfanew points: a DOS program?', notPe);
  }
  return peOffset;
}

function readKind(optional: DataView, optionalOffset: number) {
  const magic = optional.getUint16(0, true);
  if (magic !== 0x10b && magic !== 0x20b) {
    const message = `optional header magic 0x${magic.toString(16)} is neither PE32 nor PE32+`;
    throw new PeError('BAD_HEADER', optionalOffset, message, rebuild);
  }
  const kind = formats[magic];
  if (optional.byteLength < kind.directoriesOffset) {
    const message = `optional header of ${optional.byteLength} bytes; ${kind.format} needs ${kind.directoriesOffset}`;
    throw new PeError('BAD_HEADER', optionalOffset, message, rebuild);
  }
  const countOffset = optionalOffset + kind.directoryCountOffset;
  const directories = optional.getUint32(kind.directoryCountOffset, true);
  if (directories <= certificateDirectoryIndex) {
    throw new PeError(
      'TOO_FEW_DIRECTORIES',
      countOffset,
      `${directories} data directories; the certificate table needs the fifth`,
      'Link the program with the usual 16 data directories; otherwise there is no room for a signature.',
    );
  }
  if (directories > directoriesMax || kind.directoriesOffset + directories * 8 > optional.byteLength) {
    const message = `${directories} data directories do not fit the optional header of ${optional.byteLength} bytes`;
    throw new PeError('BAD_HEADER', countOffset, message, rebuild);
  }
  return kind;
}
