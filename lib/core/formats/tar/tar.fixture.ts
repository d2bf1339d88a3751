/** Builds tar archives block by block, for tests that need a single fault. */
const blockBytes = 512;

export interface TarPart {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  readonly typeflag?: string;
  /** Written instead of the content's length. */
  readonly size?: number;
  readonly prefix?: string;
  readonly magic?: string;
  readonly linkname?: string;
  /** Changes the finished header before its checksum is set. */
  readonly change?: (header: Buffer) => void;
}

export function tarHeader(part: TarPart): Buffer {
  const header = Buffer.alloc(blockBytes);
  const content = Buffer.from(part.content ?? '');
  header.set(Buffer.from(part.name).subarray(0, 100), 0);
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  header.write(`${(part.size ?? content.length).toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('14371573220\0', 136, 'latin1');
  header.write(part.typeflag ?? '0', 156, 'latin1');
  header.write(part.linkname ?? '', 157, 'latin1');
  header.write(part.magic ?? 'ustar\x0000', 257, 'latin1');
  header.write(part.prefix ?? '', 345, 'latin1');
  part.change?.(header);
  setChecksum(header);
  return header;
}

export function setChecksum(header: Buffer): void {
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, octet) => total + octet, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

export function tarPart(part: TarPart): Buffer {
  const content = Buffer.from(part.content ?? '');
  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
  return Buffer.concat([tarHeader(part), content, padding]);
}

export const tarEnd = Buffer.alloc(2 * blockBytes);

export function tar(...parts: readonly (TarPart | Uint8Array)[]): Buffer {
  return Buffer.concat([...parts.map((part) => (part instanceof Uint8Array ? part : tarPart(part))), tarEnd]);
}

/** "%d %s=%s\n" with a length that counts itself. */
export function paxRecord(keyword: string, value: string): string {
  const body = ` ${keyword}=${value}\n`;
  const bytes = Buffer.byteLength(body);
  let length = bytes;
  while (String(length).length + bytes !== length) length = String(length).length + bytes;
  return `${length}${body}`;
}
