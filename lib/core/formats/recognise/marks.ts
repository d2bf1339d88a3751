/**
 * Marks at fixed places. If a mark is short, more of the header has to be consistent, so that programs, images, fonts and
 * texts aren't mistaken for archives.
 */
import { crc32 } from 'node:zlib';
import { bigEndian, holds, littleEndian } from './bytes.ts';
import type { FormatId } from './formats.ts';

interface Mark {
  readonly format: FormatId;
  readonly at: number;
  readonly text: string;
  /** What else must be true; `size` is that of the whole file. */
  readonly fits?: (head: Uint8Array, size: number) => boolean;
}

/** This many bytes from the start contain every mark of the table: that of btrfs is the farthest. */
export const headBytes = 0x10048;

const marks: readonly Mark[] = [
  { format: 'zip', at: 0, text: 'PK\x03\x04' },
  { format: 'zip', at: 0, text: 'PK\x05\x06' },
  { format: 'split-zip', at: 0, text: 'PK\x07\x08' },
  { format: 'split-zip', at: 0, text: 'PK00PK' },
  // Whatever its flags: Python ignores those that gzip refuses.
  { format: 'gzip', at: 0, text: '\x1f\x8b\x08' },
  { format: 'early-gzip', at: 0, text: '\x1f\x9e\x08' },
  { format: 'early-gzip', at: 0, text: '\x1f\x1e', fits: isPacked },
  { format: 'zstd', at: 0, text: '\x28\xb5\x2f\xfd' },
  {
    format: 'early-zstd',
    at: 1,
    text: '\xb5\x2f\xfd',
    fits: (head) => [0x1e, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27].includes(head[0] ?? 0),
  },
  { format: 'early-zstd', at: 0, text: '\xfd\x2f\xb5\x1e' },
  { format: 'bzip2', at: 0, text: 'BZh', fits: isBzip2 },
  { format: 'xz', at: 0, text: '\xfd7zXZ\0' },
  { format: 'ar', at: 0, text: '!<arch>\n' },
  { format: 'ar', at: 0, text: '!<thin>\n' },
  { format: 'asar', at: 0, text: '\x04\0\0\0', fits: isAsar },
  {
    format: 'cpio',
    at: 0,
    text: '0707',
    fits: (head) => /^0707(?:01|02|07)[0-9a-fA-F]{6}/.test(asText(head, 0, 12)),
  },
  { format: 'binary-cpio', at: 0, text: '\xc7\x71', fits: (head) => isBinaryCpio(head, littleEndian) },
  { format: 'binary-cpio', at: 0, text: '\x71\xc7', fits: (head) => isBinaryCpio(head, bigEndian) },

  { format: '7z', at: 0, text: '7z\xbc\xaf\x27\x1c' },
  { format: 'rar', at: 0, text: 'Rar!\x1a\x07' },
  { format: 'rar', at: 0, text: 'RE~^' },
  // The reserved fields after it may contain anything: only some programs check them.
  { format: 'cab', at: 0, text: 'MSCF' },
  { format: 'installshield-cab', at: 0, text: 'ISc(' },
  { format: 'installshield', at: 0, text: '\x13\x5d\x65\x8c' },
  { format: 'ole', at: 0, text: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' },
  { format: 'ole', at: 0, text: '\x0e\x11\xfc\x0d\xd0\xcf\x11\x0e' },
  { format: 'onenote', at: 0, text: '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3' },
  { format: 'chm', at: 0, text: 'ITSF\x03\0\0\0' },
  { format: 'chm', at: 0, text: 'ITOLITLS\x01\0\0\0' },
  { format: 'wim', at: 0, text: 'MSWIM\0\0\0' },
  { format: 'wim', at: 0, text: 'WLPWM\0\0\0' },
  { format: 'szdd', at: 0, text: 'SZDD\x88\xf0\x27\x33' },
  { format: 'szdd', at: 0, text: 'SZ \x88\xf0\x27\x33\xd1' },
  { format: 'szdd', at: 0, text: 'KWAJ\x88\xf0\x27\xd1' },
  { format: 'tnef', at: 0, text: '\x78\x9f\x3e\x22' },
  { format: 'rpm', at: 0, text: '\xed\xab\xee\xdb' },
  { format: 'lzma', at: 0, text: '', fits: isLzma },
  { format: 'lzip', at: 0, text: 'LZIP', fits: (head) => head[4] === 0 || head[4] === 1 },
  { format: 'lz4', at: 0, text: '\x04\x22\x4d\x18' },
  { format: 'lz4', at: 0, text: '\x02\x21\x4c\x18' },
  {
    format: 'skippable-frame',
    at: 1,
    text: '\x2a\x4d\x18',
    fits: (head) => ((head[0] ?? 0) & 0xf0) === 0x50,
  },
  { format: 'lzop', at: 0, text: '\x89LZO\0\r\n\x1a\n' },
  { format: 'compress', at: 0, text: '\x1f\x9d', fits: (head) => isCompress(head[2] ?? 0) },
  { format: 'compress', at: 0, text: '\x1f\xa0', fits: (head) => head.length > 4 },
  { format: 'ppmd', at: 0, text: '\x8f\xaf\xac\x84' },
  { format: 'warc', at: 0, text: 'WARC/', fits: (head) => /^WARC\/[0-9]\.[0-9]/.test(asText(head, 0, 8)) },
  { format: 'lrzip', at: 0, text: 'LRZI' },
  { format: 'lrzip', at: 0, text: 'RZIP' },
  { format: 'mozlz4', at: 0, text: 'mozLz40\0' },
  { format: 'xar', at: 0, text: 'xar!' },
  { format: 'apple-archive', at: 0, text: 'AA01' },
  { format: 'apple-archive', at: 0, text: 'YAA1' },
  {
    format: 'apple-archive',
    at: 0,
    text: 'pbz',
    fits: (head) => /^pbz[abex4lz-]\0/.test(asText(head, 0, 5)),
  },
  { format: 'arj', at: 0, text: '\x60\xea', fits: isArj },
  {
    format: 'lzh',
    at: 2,
    text: '-',
    fits: (head) => /^-(?:lh[0-9dx]|lz[s45]|pm[0-2s])-/.test(asText(head, 2, 5)),
  },
  { format: 'ace', at: 7, text: '**ACE**' },
  { format: 'zoo', at: 20, text: '\xdc\xa7\xc4\xfd' },
  { format: 'alz', at: 0, text: 'ALZ\x01' },
  { format: 'alz', at: 0, text: 'EGGA' },
  { format: 'stuffit', at: 0, text: 'SIT!' },
  { format: 'stuffit', at: 0, text: 'StuffIt (c)' },
  { format: 'zpaq', at: 0, text: '7kSt\xa0' },
  { format: 'zpaq', at: 0, text: 'zPQ', fits: (head) => head[3] === 1 || head[3] === 2 },
  { format: 'freearc', at: 0, text: 'ArC\x01' },
  { format: 'pack200', at: 0, text: '\xca\xfe\xd0\x0d' },
  { format: 'jimage', at: 0, text: '\xda\xda\xfe\xca' },
  { format: 'jimage', at: 0, text: '\xca\xfe\xda\xda' },
  { format: 'flash', at: 1, text: 'WS', fits: (head) => /^[CZ]WS[\x01-\x40]/.test(asText(head, 0, 4)) },

  { format: 'iso', at: 0x8001, text: 'CD001' },
  { format: 'iso', at: 0x8801, text: 'CD001' },
  { format: 'iso', at: 0x8001, text: 'BEA01' },
  {
    format: 'squashfs',
    at: 0,
    text: '',
    fits: (head) => /^(?:hsqs|sqsh|shsq|qshs|hsqt|sqlz)/.test(asText(head, 0, 4)) && head.length > 96,
  },
  { format: 'cramfs', at: 0, text: '\x45\x3d\xcd\x28' },
  { format: 'cramfs', at: 0, text: '\x28\xcd\x3d\x45' },
  { format: 'filesystem', at: 0, text: '-rom1fs-' },
  { format: 'filesystem', at: 3, text: 'NTFS    ' },
  { format: 'filesystem', at: 3, text: 'EXFAT   ' },
  { format: 'filesystem', at: 0, text: '', fits: isFat },
  { format: 'filesystem', at: 1080, text: '\x53\xef', fits: isExt },
  { format: 'filesystem', at: 1024, text: '\xe2\xe1\xf5\xe0' },
  { format: 'filesystem', at: 0x10040, text: '_BHRfS_M' },
  { format: 'filesystem', at: 0, text: 'XFSB\0\0' },
  { format: 'filesystem', at: 32, text: 'NXSB' },
  { format: 'filesystem', at: 1024, text: 'H+\0\x04' },
  { format: 'filesystem', at: 1024, text: 'HX\0\x05' },
  { format: 'filesystem', at: 0, text: 'UBI#\x01' },
  { format: 'partitioned-disk', at: 512, text: 'EFI PART\0\0\x01\0' },
  { format: 'partitioned-disk', at: 510, text: '\x55\xaa', fits: hasPartitions },
  { format: 'virtual-disk', at: 0, text: 'conectix' },
  { format: 'virtual-disk', at: 0, text: 'vhdxfile' },
  { format: 'partitioned-disk', at: 0, text: 'ER', fits: isApplePartitionMap },
  { format: 'partitioned-disk', at: 4096, text: 'gDla4\0\0\0' },
  { format: 'partitioned-disk', at: 512, text: 'LABELONE' },
  { format: 'virtual-disk', at: 0, text: '\x3a\xff\x26\xed\x01\0' },
  { format: 'virtual-disk', at: 0, text: 'COWD' },
  { format: 'virtual-disk', at: 0, text: 'KDMV' },
  { format: 'virtual-disk', at: 0, text: 'QFI\xfb' },
  { format: 'virtual-disk', at: 64, text: '\x7f\x10\xda\xbe' },

  { format: 'age', at: 0, text: 'age-encryption.org/v' },
  { format: 'openssl-enc', at: 0, text: 'Salted__' },
  // The same in Base64, as `openssl enc -a` writes it.
  { format: 'openssl-enc', at: 0, text: 'U2FsdGVkX1' },
  { format: 'ansible-vault', at: 0, text: '$ANSIBLE_VAULT;' },
  { format: 'aes-crypt', at: 0, text: 'AES', fits: (head) => (head[3] ?? 255) <= 3 && head[4] === 0 },
  { format: 'keepass', at: 0, text: '\x03\xd9\xa2\x9a' },
  { format: 'luks', at: 0, text: 'LUKS\xba\xbe' },
  { format: 'luks', at: 3, text: '-FVE-FS-' },
  { format: 'encrypted-dmg', at: 0, text: 'encrcdsa' },
];

/** The first bytes of a file (or of an overlay) → every format whose mark they have. */
export function readMarks(head: Uint8Array, size: number): readonly FormatId[] {
  const found = new Set<FormatId>();
  for (const { format, at, text, fits } of marks) {
    if (holds(head, at, text) && (fits === undefined || fits(head, size))) found.add(format);
  }
  return [...found];
}

export function asText(bytes: Uint8Array, start: number, length: number): string {
  return Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
}

/** `BZh`, the block size, then a block's magic or that of the stream's end. */
function isBzip2(head: Uint8Array): boolean {
  return /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/.test(asText(head, 0, 10));
}

/**
 * Pickle of a number (4, size of the next), then pickle of a text, whose header may be longer than the usual 4 bytes:
 * Electron reads the payload from the end. The text is JSON, with any white space.
 */
function isAsar(head: Uint8Array): boolean {
  const headerBytes = littleEndian(head, 4, 4) - littleEndian(head, 8, 4);
  if (!(headerBytes >= 4 && headerBytes <= 256 && headerBytes % 4 === 0)) return false;
  return /^[\t\n\r ]*\{/.test(asText(head, 8 + headerBytes + 4, 1024));
}

/** pack(1): size, number of levels, leaves of each. */
function isPacked(head: Uint8Array): boolean {
  const levels = head[6] ?? 0;
  if (bigEndian(head, 2, 4) === 0 || levels < 1 || levels > 24) return false;
  // A tree has at most twice as many leaves on a level as there were free places on the one above.
  let free = 2;
  for (let at = 7; at < 7 + levels; at += 1) {
    free = (free - (head[at] ?? 0)) * 2;
    if (free < 0) return false;
  }
  return true;
}

/** Driver descriptor with the block size, then in the next block the first entry of the map. */
function isApplePartitionMap(head: Uint8Array): boolean {
  const blockBytes = bigEndian(head, 2, 2);
  return [512, 1024, 2048, 4096].includes(blockBytes) && holds(head, blockBytes, 'PM\0\0');
}

type Numbers = (bytes: Uint8Array, offset: number, length: number) => number;

function isBinaryCpio(head: Uint8Array, number: Numbers): boolean {
  const nameBytes = number(head, 20, 2);
  const mode = number(head, 6, 2) & 0o170000;
  const isMode = [0o100000, 0o040000, 0o120000].includes(mode);
  return isMode && nameBytes >= 2 && nameBytes <= 1024 && head[26 + nameBytes - 1] === 0;
}

/** Properties, dictionary size (2^n or 2^n + 2^(n−1); xz and 7-Zip accept small ones, too), size or −1, then a range coder's zero. */
function isLzma(head: Uint8Array): boolean {
  if (head.length < 18 || (head[0] ?? 255) >= 225 || head[13] !== 0) return false;
  const dictionary = littleEndian(head, 1, 4);
  const highest = 2 ** Math.floor(Math.log2(dictionary));
  const isSize = dictionary >= 1 && (dictionary === highest || dictionary === highest * 1.5);
  if (!isSize && dictionary !== 0xffffffff) return false;
  const unknown = holds(head, 5, '\xff'.repeat(8));
  return (
    unknown ||
    (littleEndian(head, 11, 2) === 0 && littleEndian(head, 5, 6) > 0 && littleEndian(head, 5, 6) < 2 ** 38)
  );
}

/** Bits of a code; gzip unpacks files whose reserved bits are set, too. */
function isCompress(flags: number): boolean {
  const bits = flags & 0x1f;
  return bits >= 9 && bits <= 16;
}

/** ARJ headers carry a CRC of their own. */
export function isArj(head: Uint8Array): boolean {
  const length = littleEndian(head, 2, 2);
  if (!(length >= 30 && length <= 2600) || head.length < 4 + length + 4) return false;
  return littleEndian(head, 4 + length, 4) === crc32(head.subarray(4, 4 + length));
}

/** BIOS parameter block; the file system's name in it is informational. */
function isFat(head: Uint8Array): boolean {
  if (!holds(head, 510, '\x55\xaa') || (head[0] !== 0xeb && head[0] !== 0xe9)) return false;
  const [perCluster = 0, copies = 0, medium = 0] = [head[13], head[16], head[21]];
  const isPower = perCluster > 0 && (perCluster & (perCluster - 1)) === 0;
  const reserved = littleEndian(head, 14, 2);
  return (
    [512, 1024, 2048, 4096].includes(littleEndian(head, 11, 2)) &&
    isPower &&
    reserved > 0 &&
    (copies === 1 || copies === 2) &&
    medium >= 0xf0
  );
}

/** Superblock at 1024: numbers of inodes and blocks, first block, block size. Linux mounts it whatever the rest says. */
function isExt(head: Uint8Array): boolean {
  const field = (at: number, length: number): number => littleEndian(head, 1024 + at, length);
  return field(24, 4) <= 6 && field(20, 4) <= 1 && field(0, 4) > 0 && field(4, 4) > 0;
}

/** A boot sector whose table names at least one partition that begins inside the file; others may be anything. */
function hasPartitions(head: Uint8Array, size: number): boolean {
  let used = 0;
  for (let at = 446; at < 510; at += 16) {
    const status = head[at];
    const first = littleEndian(head, at + 8, 4);
    if (status !== 0 && status !== 0x80) return false;
    if (head[at + 4] !== 0 && first > 0 && littleEndian(head, at + 12, 4) > 0 && (first + 1) * 512 <= size)
      used += 1;
  }
  return used > 0;
}
