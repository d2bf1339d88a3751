/** Builds small Windows programs for tests: one section, every header field configurable. */
interface ProgramOptions {
  readonly format?: 'pe32' | 'pe32+';
  readonly directories?: number;
  /** Bytes after the section that no header accounts for. */
  readonly overlay?: Uint8Array;
  readonly sectionRawSize?: number;
  readonly sectionVirtualSize?: number;
  readonly sizeOfHeaders?: number;
  /** IMAGE_FILE_* bits; 0x22 (executable, large addresses) by default. */
  readonly characteristics?: number;
  /** IMAGE_SUBSYSTEM_*; 3 (console) by default. */
  readonly subsystem?: number;
  /** e_lfanew. */
  readonly headerOffset?: number;
}

export const peOffset = 0x80;
const headersBytes = 0x400;
const sectionBytes = 0x200;

/** Places inside the program, for tests that break one of them. */
export function offsets(format: 'pe32' | 'pe32+', headerOffset = peOffset) {
  const optional = headerOffset + 24;
  const directories = optional + (format === 'pe32' ? 96 : 112);
  return {
    optional,
    checksum: optional + 64,
    directoryCount: directories - 4,
    certificateDirectory: directories + 32,
    sectionCount: headerOffset + 6,
    optionalSize: headerOffset + 20,
    characteristics: headerOffset + 22,
    subsystem: optional + 68,
  };
}

export function buildProgram(options: ProgramOptions = {}): Uint8Array {
  const format = options.format ?? 'pe32+';
  const overlay = options.overlay ?? new Uint8Array(0);
  const program = new Uint8Array(headersBytes + sectionBytes + overlay.length);
  const view = new DataView(program.buffer);
  const header = options.headerOffset ?? peOffset;
  const at = offsets(format, header);
  const optionalBytes = (format === 'pe32' ? 96 : 112) + 16 * 8;
  program.set([0x4d, 0x5a]);
  view.setUint32(60, header, true);
  program.set([0x50, 0x45, 0, 0], header);
  view.setUint16(header + 4, format === 'pe32' ? 0x14c : 0x8664, true);
  view.setUint16(at.sectionCount, 1, true);
  view.setUint16(at.optionalSize, optionalBytes, true);
  view.setUint16(at.characteristics, options.characteristics ?? 0x22, true);
  view.setUint16(at.optional, format === 'pe32' ? 0x10b : 0x20b, true);
  view.setUint32(at.optional + 36, sectionBytes, true);
  view.setUint32(at.optional + 60, options.sizeOfHeaders ?? headersBytes, true);
  view.setUint16(at.subsystem, options.subsystem ?? 3, true);
  view.setUint32(at.directoryCount, options.directories ?? 16, true);
  const section = at.optional + optionalBytes;
  program.set(new TextEncoder().encode('.text'), section);
  view.setUint32(section + 8, options.sectionVirtualSize ?? sectionBytes, true);
  view.setUint32(section + 16, options.sectionRawSize ?? sectionBytes, true);
  view.setUint32(section + 20, headersBytes, true);
  for (let index = 0; index < sectionBytes; index++) program[headersBytes + index] = (index * 7) % 256;
  program.set(overlay, headersBytes + sectionBytes);
  return program;
}

/** A copy with a 16- or 32-bit little-endian field changed. */
export function withField(program: Uint8Array, offset: number, value: number, bytes: 2 | 4 = 4): Uint8Array {
  const copy = Uint8Array.from(program);
  const view = new DataView(copy.buffer);
  if (bytes === 2) view.setUint16(offset, value, true);
  else view.setUint32(offset, value, true);
  return copy;
}

/** The program with a certificate table appended and named in the directory, both as given. */
export function withTable(
  program: Uint8Array,
  table: Uint8Array,
  format: 'pe32' | 'pe32+' = 'pe32+',
): Uint8Array {
  const signed = new Uint8Array(program.length + table.length);
  signed.set(program);
  signed.set(table, program.length);
  const view = new DataView(signed.buffer);
  view.setUint32(offsets(format).certificateDirectory, program.length, true);
  view.setUint32(offsets(format).certificateDirectory + 4, table.length, true);
  return signed;
}

/** WIN_CERTIFICATE around the contents, with fields that tests can set wrongly. */
export function winCertificate(
  contents: Uint8Array,
  fields: { readonly length?: number; readonly revision?: number; readonly type?: number } = {},
): Uint8Array {
  const entry = new Uint8Array(8 + contents.length);
  const view = new DataView(entry.buffer);
  view.setUint32(0, fields.length ?? entry.length, true);
  view.setUint16(4, fields.revision ?? 0x0200, true);
  view.setUint16(6, fields.type ?? 2, true);
  entry.set(contents, 8);
  return entry;
}

/** Pieces may be lent, so each is copied. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Uint8Array.from(Buffer.concat(parts));
}
