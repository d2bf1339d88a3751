/** cpio archives: "new ASCII" (070701, 070702) and POSIX.1-1988 "odc" (070707), as cpio(5) describes them. */
import { isZero, showName, streamRange, type UnpackBudget } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { damaged, hidden, type InnerFile } from './inner-file.ts';

interface Header {
  readonly nameBytes: number;
  readonly sizeBytes: number;
  readonly headerBytes: number;
  /** Name and content are padded to a multiple of this. */
  readonly align: 1 | 4;
}

const longestHeader = 110;
const paddingBytesMax = 64 * 1024;

export async function* readCpio(source: RandomAccessSource, budget: UnpackBudget): AsyncGenerator<InnerFile> {
  for (let at = 0; ;) {
    const header = readHeader(await source.read(at, Math.min(longestHeader, source.size - at)), at);
    const pad = (offset: number): number => Math.ceil(offset / header.align) * header.align;
    const nameAt = at + header.headerBytes;
    const dataAt = pad(nameAt + header.nameBytes);
    if (header.nameBytes > budget.limits.nameBytesMax || dataAt + header.sizeBytes > source.size) {
      throw damaged('The cpio archive ends inside an entry.', at);
    }
    budget.countEntry(header.nameBytes);
    const bytes = await source.read(nameAt, header.nameBytes);
    const name = Buffer.from(bytes).toString('latin1').replace(/\0+$/, '');
    if (name === 'TRAILER!!!') {
      await checkEnd(source, dataAt);
      return;
    }
    budget.countContent(header.sizeBytes);
    yield {
      name: showName(name).slice(1, -1),
      closed: null,
      content: streamRange(source, dataAt, header.sizeBytes),
    };
    at = pad(dataAt + header.sizeBytes);
    if (at >= source.size) throw damaged('The cpio archive lacks its trailer: it was cut off.', at);
  }
}

function readHeader(bytes: Uint8Array, at: number): Header {
  const text = Buffer.from(bytes).toString('latin1');
  const number = (start: number, length: number, base: 8 | 16): number => {
    const digits = text.slice(start, start + length);
    const valid = digits.length === length && (base === 8 ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/).test(digits);
    if (!valid) throw damaged('A header of the cpio archive is damaged.', at);
    return Number.parseInt(digits, base);
  };
  if (/^07070[12]/.test(text)) {
    return { sizeBytes: number(54, 8, 16), nameBytes: number(94, 8, 16), headerBytes: 110, align: 4 };
  }
  if (text.startsWith('070707')) {
    return { nameBytes: number(59, 6, 8), sizeBytes: number(65, 11, 8), headerBytes: 76, align: 1 };
  }
  throw damaged('A header of the cpio archive is damaged.', at);
}

async function checkEnd(source: RandomAccessSource, at: number): Promise<void> {
  const rest = source.size - at;
  const isPadding = rest <= paddingBytesMax && (rest <= 0 || isZero(await source.read(at, rest)));
  if (!isPadding) throw hidden('Bytes follow the trailer of the cpio archive.', at);
}
