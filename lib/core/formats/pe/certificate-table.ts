/**
 * The attribute certificate table: entries WIN_CERTIFICATE { dwLength, wRevision, wCertificateType,
 * bCertificate } at the end of the file, each aligned to 8. What stands in it is covered by no digest, so it
 * may hold signatures and nothing else (CVE-2013-3900: data hidden behind the signature).
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { PeError, signUnsigned, type PeErrorCode } from './errors.ts';

export interface CertificateTable {
  /** File offset of the table, a multiple of 8. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** In the order of the file, at least one. Windows reads the first only; firmware takes any that it trusts. */
  readonly entries: readonly CertificateEntry[];
}

/** One DER PKCS#7 in the table, padding cut off. */
export interface CertificateEntry {
  readonly pkcs7Offset: number;
  readonly pkcs7SizeBytes: number;
}

interface CertificateDirectory {
  readonly directoryOffset: number;
  /** A file offset, unlike the addresses in all other directories. */
  readonly tableOffset: number;
  readonly sizeBytes: number;
  readonly headersEnd: number;
}

export const winCertificateHeaderBytes = 8;
export const winCertificateRevision2 = 0x0200;
export const winCertificateTypePkcs7 = 0x0002;
export const tableAlignment = 8;

/** Signatures are a few kilobytes; catalogues of certificates stuffed into one are not read. */
export const tableSizeMax = 16 * 1024 * 1024;
/** Programs for firmware carry two or three. */
export const entriesMax = 16;

/** The table that the directory names, checked; null when there is none. */
export async function readCertificateTable(
  source: RandomAccessSource,
  directory: CertificateDirectory,
): Promise<CertificateTable | null> {
  if (directory.tableOffset === 0 && directory.sizeBytes === 0) return null;
  checkDirectory(source, directory);
  const { tableOffset: offset, sizeBytes } = directory;
  const end = offset + sizeBytes;
  const entries: CertificateEntry[] = [];
  for (let at: number | null = offset; at !== null;) {
    const read = await readEntry(source, at, end);
    entries.push(read.entry);
    at = await nextEntry(source, read, end);
    if (at !== null && entries.length >= entriesMax) {
      const message = `more than ${entriesMax} signatures in the certificate table`;
      throw new PeError('CERTIFICATE_TABLE_ENTRIES', at, message, signUnsigned);
    }
  }
  return { offset, sizeBytes, entries };
}

interface ReadEntry {
  readonly entry: CertificateEntry;
  /** Where dwLength says that the entry ends. */
  readonly statedEnd: number;
}

async function readEntry(source: RandomAccessSource, offset: number, end: number): Promise<ReadEntry> {
  const { length, problem } = await readHeader(source, offset, end);
  if (problem !== null) throw problem;
  const pkcs7Offset = offset + winCertificateHeaderBytes;
  const pkcs7SizeBytes = await outerDerLength(source, pkcs7Offset, length - winCertificateHeaderBytes);
  return { entry: { pkcs7Offset, pkcs7SizeBytes }, statedEnd: offset + length };
}

async function readHeader(
  source: RandomAccessSource,
  offset: number,
  end: number,
): Promise<{ readonly length: number; readonly problem: PeError | null }> {
  const header = await readExactly(source, offset, winCertificateHeaderBytes);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const length = view.getUint32(0, true);
  const refused = (code: PeErrorCode, at: number, message: string) => ({
    length,
    problem: new PeError(code, at, message, signUnsigned),
  });
  if (length <= winCertificateHeaderBytes || length > end - offset) {
    const message = `WIN_CERTIFICATE of ${length} bytes where the table has room for ${end - offset}`;
    return refused('CERTIFICATE_TABLE_LENGTH', offset, message);
  }
  const revision = view.getUint16(4, true);
  const type = view.getUint16(6, true);
  if (revision !== winCertificateRevision2 || type !== winCertificateTypePkcs7) {
    const message = `WIN_CERTIFICATE revision 0x${revision.toString(16)}, type ${type}; expected 0x200, type 2 (PKCS#7)`;
    return refused('CERTIFICATE_TABLE_TYPE', offset + 4, message);
  }
  return { length, problem: null };
}

/**
 * Where the next entry stands; null when the table ends here. An entry's length may count its padding or leave it out, so the
 * next one begins at the multiple of 8 after it, and only zeros stand between. What follows must look like an entry: two
 * signatures are no cover for other bytes.
 */
async function nextEntry(
  source: RandomAccessSource,
  { entry, statedEnd }: ReadEntry,
  end: number,
): Promise<number | null> {
  const signatureEnd = entry.pkcs7Offset + entry.pkcs7SizeBytes;
  const aligned = Math.ceil(statedEnd / tableAlignment) * tableAlignment;
  const isLast = end - aligned < tableAlignment;
  const padded = isLast ? end : aligned;
  const count = padded - signatureEnd;
  const padding = await readExactly(source, signatureEnd, Math.min(count, tableAlignment));
  const isEntry = isLast || (await readHeader(source, aligned, end)).problem === null;
  if (count < tableAlignment && padding.every((octet) => octet === 0) && isEntry)
    return isLast ? null : aligned;
  const message = `${end - signatureEnd} bytes after the signature in its table; only up to 7 zeros or another signature may stand there`;
  throw new PeError('CERTIFICATE_TABLE_TRAILING_DATA', signatureEnd, message, signUnsigned);
}

function checkDirectory(source: RandomAccessSource, directory: CertificateDirectory): void {
  const { tableOffset, sizeBytes, directoryOffset } = directory;
  const end = tableOffset + sizeBytes;
  if (tableOffset === 0 || sizeBytes === 0) {
    const message = `the certificate directory has offset ${tableOffset} but size ${sizeBytes}`;
    throw new PeError('CERTIFICATE_DIRECTORY_INVALID', directoryOffset, message, signUnsigned);
  }
  if (tableOffset % tableAlignment !== 0) {
    const message = `the certificate table at byte ${tableOffset} is not aligned to ${tableAlignment}`;
    throw new PeError('CERTIFICATE_TABLE_UNALIGNED', directoryOffset, message, signUnsigned);
  }
  if (tableOffset < directory.headersEnd || end > source.size) {
    const message = `the certificate table takes bytes ${tableOffset} to ${end}; the headers end at ${directory.headersEnd}, the file at ${source.size}`;
    throw new PeError('CERTIFICATE_TABLE_OUT_OF_BOUNDS', directoryOffset, message, signUnsigned);
  }
  if (end < source.size) {
    const message = `${source.size - end} bytes stand after the certificate table, where no signature covers them`;
    throw new PeError('TRAILING_DATA_AFTER_TABLE', end, message, signUnsigned);
  }
  if (sizeBytes <= winCertificateHeaderBytes || sizeBytes > tableSizeMax) {
    const message = `certificate table of ${sizeBytes} bytes; expected 9 to ${tableSizeMax}`;
    throw new PeError('CERTIFICATE_TABLE_LENGTH', directoryOffset, message, signUnsigned);
  }
}

/** Length of the DER SEQUENCE at the offset, header included; only its frame is looked at here. */
async function outerDerLength(
  source: RandomAccessSource,
  offset: number,
  available: number,
): Promise<number> {
  const header = await readExactly(source, offset, Math.min(6, available));
  const first = header[1] ?? 0;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  let length = octets === 0 ? first : 0;
  for (const octet of header.subarray(2, 2 + octets)) length = length * 256 + octet;
  const total = 2 + octets + length;
  if (header[0] !== 0x30 || first === 0x80 || octets > 4 || 2 + octets > header.length) {
    const message = 'the certificate table holds no DER SEQUENCE';
    throw new PeError('SIGNATURE_INVALID', offset, message, signUnsigned);
  }
  if (total > available) {
    const message = `a signature of ${total} bytes in a WIN_CERTIFICATE that has room for ${available}`;
    throw new PeError('CERTIFICATE_TABLE_LENGTH', offset, message, signUnsigned);
  }
  return total;
}
