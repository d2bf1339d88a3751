/**
 * The attribute certificate table: one WIN_CERTIFICATE { dwLength, wRevision, wCertificateType,
 * bCertificate } at the end of the file, aligned to 8. What stands in it is covered by no digest, so it
 * may hold the signature and nothing else (CVE-2013-3900: data hidden behind the signature).
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { PeError, signUnsigned } from './errors.ts';

export interface CertificateTable {
  /** File offset of the table, a multiple of 8. */
  readonly offset: number;
  readonly sizeBytes: number;
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
const tableSizeMax = 16 * 1024 * 1024;

/** The table that the directory names, checked; null when there is none. */
export async function readCertificateTable(
  source: RandomAccessSource,
  directory: CertificateDirectory,
): Promise<CertificateTable | null> {
  if (directory.tableOffset === 0 && directory.sizeBytes === 0) return null;
  checkDirectory(source, directory);
  const { tableOffset: offset, sizeBytes } = directory;
  const header = await readExactly(source, offset, winCertificateHeaderBytes);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const length = view.getUint32(0, true);
  if (length <= winCertificateHeaderBytes || length > sizeBytes) {
    const message = `WIN_CERTIFICATE of ${length} bytes in a table of ${sizeBytes}`;
    throw new PeError('CERTIFICATE_TABLE_LENGTH', offset, message, signUnsigned);
  }
  const revision = view.getUint16(4, true);
  const type = view.getUint16(6, true);
  if (revision !== winCertificateRevision2 || type !== winCertificateTypePkcs7) {
    const message = `WIN_CERTIFICATE revision 0x${revision.toString(16)}, type ${type}; expected 0x200, type 2 (PKCS#7)`;
    throw new PeError('CERTIFICATE_TABLE_TYPE', offset + 4, message, signUnsigned);
  }
  const pkcs7Offset = offset + winCertificateHeaderBytes;
  const pkcs7SizeBytes = await outerDerLength(source, pkcs7Offset, length - winCertificateHeaderBytes);
  await checkPadding(source, pkcs7Offset + pkcs7SizeBytes, offset + sizeBytes);
  return { offset, sizeBytes, pkcs7Offset, pkcs7SizeBytes };
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

async function checkPadding(source: RandomAccessSource, start: number, end: number): Promise<void> {
  const count = end - start;
  const padding = await readExactly(source, start, Math.min(count, tableAlignment));
  if (count >= tableAlignment || padding.some((octet) => octet !== 0)) {
    const message = `${count} bytes after the signature in its table; only up to 7 zeros may stand there`;
    throw new PeError('CERTIFICATE_TABLE_TRAILING_DATA', start, message, signUnsigned);
  }
}
