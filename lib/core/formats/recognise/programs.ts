/**
 * Programs and scripts: where the part that the loader reads ends, and what follows it. This doesn't check a program: if a
 * header is unusual, the overlay begins sooner, and more is searched.
 */
import type { RandomAccessSource } from '../random-access.ts';
import { asText } from './marks.ts';
import { bigEndian, holds, littleEndian, readUpTo } from './bytes.ts';
import { endOfSymbols } from './coff-symbols.ts';

export interface ProgramShape {
  readonly kind: 'pe' | 'elf' | 'mach-o' | 'script';
  /** Where the overlay begins; the size of the file if there is none. */
  readonly end: number;
  /** Where its sections end, and a symbol table begins that belongs to it: what looks for an installer's data looks there too. */
  readonly sectionsEnd: number;
  readonly sections: readonly string[];
}

export async function readProgram(
  source: RandomAccessSource,
  head: Uint8Array,
): Promise<ProgramShape | null> {
  if (holds(head, 0, 'MZ') || holds(head, 0, 'ZM')) return readPe(source, head);
  if (holds(head, 0, '\x7fELF')) return readElf(source, head);
  if (/^(?:\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)/.test(asText(head, 0, 4)))
    return readMachO(source, head);
  if (holds(head, 0, '\xca\xfe\xba\xbe') && bigEndian(head, 4, 4) < 40) return readFat(source, head);
  if (holds(head, 0, '#!') || /^(?:@echo|:|rem )/i.test(asText(head, 0, 8))) {
    return shape('script', source, source.size);
  }
  return null;
}

const within = (source: RandomAccessSource, end: number): number =>
  Number.isFinite(end) ? Math.min(Math.max(0, end), source.size) : 0;

const shape = (kind: ProgramShape['kind'], source: RandomAccessSource, end: number): ProgramShape => ({
  kind,
  end: within(source, end),
  sectionsEnd: within(source, end),
  sections: [],
});

const sectionsMax = 256;

async function readPe(source: RandomAccessSource, head: Uint8Array): Promise<ProgramShape> {
  const header = littleEndian(head, 60, 4);
  const coff = await readUpTo(source, header, 24);
  if (!holds(coff, 0, 'PE\0\0')) {
    // A DOS program: pages of 512 bytes, the last one partial.
    const last = littleEndian(head, 2, 2);
    const pages = littleEndian(head, 4, 2);
    return shape('pe', source, pages * 512 - (last === 0 ? 0 : 512 - last));
  }
  const count = Math.min(littleEndian(coff, 6, 2), sectionsMax);
  const tableStart = header + 24 + littleEndian(coff, 20, 2);
  const table = await readUpTo(source, tableStart, count * 40);
  const sections: string[] = [];
  let end = tableStart + table.length;
  for (let at = 0; at + 40 <= table.length; at += 40) {
    sections.push(asText(table, at, 8).replace(/\0.*$/s, ''));
    const size = littleEndian(table, at + 16, 4);
    const start = littleEndian(table, at + 20, 4);
    // Without bytes in the file a section may point anywhere.
    if (size > 0 && start < source.size) end = Math.max(end, start + size);
  }
  const sectionsEnd = within(source, end);
  const symbols = { start: littleEndian(coff, 12, 4), count: littleEndian(coff, 16, 4), sections: count };
  // Linkers write it where the sections end; anywhere else it is left to be searched.
  const symbolsEnd = symbols.start === sectionsEnd ? await endOfSymbols(source, symbols) : null;
  return { kind: 'pe', end: symbolsEnd ?? sectionsEnd, sectionsEnd, sections };
}

async function readElf(source: RandomAccessSource, head: Uint8Array): Promise<ProgramShape> {
  const wide = head[4] === 2;
  const number = head[5] === 2 ? bigEndian : littleEndian;
  const word = wide ? 8 : 4;
  const read = (bytes: Uint8Array, at: number): number =>
    wide
      ? number === littleEndian
        ? littleEndian(bytes, at, 6)
        : bigEndian(bytes, at + 2, 6)
      : number(bytes, at, 4);
  const field = (narrow: number, wideAt: number): number => (wide ? wideAt : narrow);
  const programTable = {
    at: read(head, field(28, 32)),
    size: number(head, field(42, 54), 2),
    count: number(head, field(44, 56), 2),
  };
  const sectionTable = {
    at: read(head, field(32, 40)),
    size: number(head, field(46, 58), 2),
    count: number(head, field(48, 60), 2),
  };
  let end = sectionTable.at + sectionTable.size * sectionTable.count;
  const segments = await readUpTo(source, programTable.at, programTable.size * programTable.count);
  for (
    let at = 0;
    programTable.size >= 32 && at + programTable.size <= segments.length;
    at += programTable.size
  ) {
    end = Math.max(end, read(segments, at + word) + read(segments, at + field(16, 32)));
  }
  const sections = await readUpTo(source, sectionTable.at, sectionTable.size * sectionTable.count);
  for (
    let at = 0;
    sectionTable.size >= 40 && at + sectionTable.size <= sections.length;
    at += sectionTable.size
  ) {
    const noBits = number(sections, at + 4, 4) === 8;
    if (!noBits) end = Math.max(end, read(sections, at + field(16, 24)) + read(sections, at + field(20, 32)));
  }
  return shape('elf', source, end);
}

const commandBytesMax = 1024 * 1024;

/** Mach-O: the end of the farthest segment or link-edit data. */
async function readMachO(source: RandomAccessSource, head: Uint8Array): Promise<ProgramShape> {
  const little = head[3] === 0xfe;
  const number = little ? littleEndian : bigEndian;
  const wide = (little ? head[0] : head[3]) === 0xcf;
  const start = wide ? 32 : 28;
  const commands = await readUpTo(source, start, Math.min(number(head, 20, 4) || 0, commandBytesMax));
  let end = start + commands.length;
  for (let at = 0; at + 8 <= commands.length;) {
    const command = number(commands, at, 4);
    const size = number(commands, at + 4, 4);
    if (command === 0x19)
      end = Math.max(
        end,
        (little ? littleEndian(commands, at + 40, 6) : bigEndian(commands, at + 42, 6)) +
          (little ? littleEndian(commands, at + 48, 6) : bigEndian(commands, at + 50, 6)),
      );
    if (command === 0x1) end = Math.max(end, number(commands, at + 32, 4) + number(commands, at + 36, 4));
    // LC_CODE_SIGNATURE
    if (command === 0x1d) end = Math.max(end, number(commands, at + 8, 4) + number(commands, at + 12, 4));
    if (!(size >= 8)) break;
    at += size;
  }
  return shape('mach-o', source, end);
}

/** A universal binary: the end of its last slice. */
function readFat(source: RandomAccessSource, head: Uint8Array): ProgramShape {
  let end = 0;
  for (let index = 0; index < bigEndian(head, 4, 4); index += 1) {
    end = Math.max(end, bigEndian(head, 8 + index * 20 + 8, 4) + bigEndian(head, 8 + index * 20 + 12, 4));
  }
  return shape('mach-o', source, end);
}
