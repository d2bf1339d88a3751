/**
 * Sectors and who owns them: the FAT says of each sector which one follows it in its chain, [MS-CFB] §2.3; the mini FAT says the
 * same of the mini stream's parts of 64 bytes, §2.4. Each sector belongs to one chain: what two streams share would be signed twice and
 * changed once, and a chain that comes back to itself never ends.
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { CfbError } from './errors.ts';
import { endOfChain, freeSector, headerDifatEntries, type Header } from './header.ts';

/** Which of a number of sectors are in use. */
export class Claims {
  readonly #claimed: Uint8Array;
  constructor(count: number) {
    this.#claimed = new Uint8Array(count);
  }

  get count(): number {
    return this.#claimed.length;
  }

  has(sector: number): boolean {
    return this.#claimed[sector] === 1;
  }

  /** `what`: whose it is to be; `at`: byte offset, for the message. */
  claim(sector: number, what: string, at: number): void {
    if (sector >= this.#claimed.length)
      throw new CfbError('BAD_CHAIN', at, `${what} leads to sector ${sector}, which is not in the file`);
    if (this.has(sector))
      throw new CfbError('OVERLAP', at, `${what} takes sector ${sector}, which is in use already`);
    this.#claimed[sector] = 1;
  }
}

/** A table of next sectors, with who owns them. */
export class Chains {
  readonly #next: Uint32Array;
  readonly #offset: (sector: number) => number;
  readonly claims: Claims;

  /** `offset`: of a sector in the file, for messages. */
  constructor(next: Uint32Array, claims: Claims, offset: (sector: number) => number) {
    this.#next = next;
    this.claims = claims;
    this.#offset = offset;
  }

  /** The sectors of a chain, exactly `count` of them. They are claimed. */
  exactly(first: number, count: number, what: string): Uint32Array {
    // Before room is made for them: no more than there are can be claimed.
    if (count > this.claims.count)
      throw new CfbError('BAD_CHAIN', 0, `${what} is longer than the file has sectors`);
    const sectors = new Uint32Array(count);
    let sector = first;
    for (let index = 0; index < count; index += 1) {
      this.claims.claim(sector, what, this.#offset(sector));
      sectors[index] = sector;
      sector = this.#after(sector, what);
    }
    if (count > 0 && sector !== endOfChain)
      throw new CfbError('BAD_CHAIN', this.#offset(first), `${what} has more sectors than its size needs`);
    return sectors;
  }

  /** The sectors of a chain up to its end, at most `max`. They are claimed. */
  whole(first: number, max: number, what: string): Uint32Array {
    const sectors: number[] = [];
    for (let sector = first; sector !== endOfChain; sector = this.#after(sector, what)) {
      if (sectors.length === max)
        throw new CfbError('TOO_LARGE', this.#offset(first), `${what} has more than ${max} sectors`);
      this.claims.claim(sector, what, this.#offset(sector));
      sectors.push(sector);
    }
    return Uint32Array.from(sectors);
  }

  #after(sector: number, what: string): number {
    const next = this.#next[sector];
    if (next === undefined)
      throw new CfbError('BAD_CHAIN', this.#offset(sector), `no table says what follows a sector of ${what}`);
    return next;
  }
}

export const sectorOffset = ({ sectorBytes }: Header, sector: number): number => (sector + 1) * sectorBytes;

export async function readSector(
  source: RandomAccessSource,
  header: Header,
  sector: number,
  what: string,
): Promise<Buffer> {
  const at = sectorOffset(header, sector);
  if (at + header.sectorBytes > source.size) throw new CfbError('TRUNCATED', at, `it ends inside ${what}`);
  return Buffer.from(await readExactly(source, at, header.sectorBytes));
}

/** The FAT, from the sectors that the DIFAT lists: 109 in the header, more in a chain of sectors that end with the next one's number (§2.5). */
export async function readFat(source: RandomAccessSource, header: Header): Promise<Chains> {
  const claims = new Claims(header.sectorCount);
  const perSector = header.sectorBytes / 4;
  // As many as cover the file, and some that writers keep in reserve.
  const fatMax = 2 * Math.ceil(header.sectorCount / perSector) + 16;
  if (header.fatSectors > fatMax)
    throw new CfbError('BAD_HEADER', 44, `its header says ${header.fatSectors} FAT sectors, far too many`);
  const listed: number[] = [];
  const list = (table: Buffer, count: number): void => {
    for (let at = 0; at < count * 4; at += 4) {
      const sector = table.readUInt32LE(at);
      if (sector === freeSector || sector === endOfChain) continue;
      claims.claim(sector, 'the FAT', sectorOffset(header, sector));
      listed.push(sector);
      if (listed.length > header.fatSectors)
        throw new CfbError(
          'BAD_HEADER',
          44,
          `more FAT sectors are listed than the ${header.fatSectors} said`,
        );
    }
  };
  list(header.bytes.subarray(76), headerDifatEntries);
  let difat = header.firstDifat;
  for (let seen = 0; difat !== endOfChain && difat !== freeSector; seen += 1) {
    if (seen === header.difatSectors)
      throw new CfbError('BAD_HEADER', 72, `the DIFAT has more sectors than the ${header.difatSectors} said`);
    claims.claim(difat, 'the DIFAT', sectorOffset(header, difat));
    const table = await readSector(source, header, difat, 'the DIFAT');
    list(table, perSector - 1);
    difat = table.readUInt32LE(header.sectorBytes - 4);
  }
  if (listed.length !== header.fatSectors)
    throw new CfbError(
      'BAD_HEADER',
      44,
      `${listed.length} FAT sectors are listed, ${header.fatSectors} said`,
    );
  const fat = await readTable(source, header, listed, 'the FAT');
  return new Chains(fat, claims, (sector) => sectorOffset(header, sector));
}

/** Sectors full of sector numbers → the numbers. */
export async function readTable(
  source: RandomAccessSource,
  header: Header,
  sectors: Iterable<number> & { readonly length: number },
  what: string,
): Promise<Uint32Array> {
  const perSector = header.sectorBytes / 4;
  const table = new Uint32Array(sectors.length * perSector);
  let filled = 0;
  for (const sector of sectors) {
    const bytes = await readSector(source, header, sector, what);
    for (let at = 0; at < bytes.length; at += 4, filled += 1) table[filled] = bytes.readUInt32LE(at);
  }
  return table;
}
