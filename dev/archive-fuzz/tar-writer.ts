/** Writes tar archives that are unusual in one or several ways: fields, extensions, order, end. */
import { paxRecord, setChecksum, tarHeader } from '#core/formats/tar/tar.fixture.ts';
import type { Random } from './random.ts';
import { drawContent, drawName, longName } from './parts.ts';
import { harmful, harmless } from './pax-samples.ts';

const block = 512;
const magics = ['ustar\x0000', 'ustar\x0000', 'ustar  \0', 'ustar  \0'] as const;
const oddMagics = [
  '\0'.repeat(8),
  'ustar 00',
  'ustar\0\0\0',
  'ustar\x000\0',
  'ustar \x000',
  'USTAR\x0000',
  'ustar\x0001',
] as const;
const types = '\x00123456789ASXgxLKVMDNZ7EI';

interface Draft {
  header: Buffer;
  content: Buffer;
  /** Blocks before the header. */
  before: Buffer[];
  padding: number;
}

/** One archive. About half of them are such that an honest program could have written them. */
export function writeTar(random: Random): Buffer {
  const drafts = Array.from({ length: 1 + random.below(4) }, () => drawDraft(random));
  const oddities = random.pick([0, 0, 1, 1, 1, 2]);
  for (let count = 0; count < oddities; count++) {
    const draft = drafts[random.below(drafts.length)];
    if (draft !== undefined) random.pick(mutations)(draft, random);
  }
  const parts = drafts.flatMap(({ before, header, content, padding }) => [
    ...before,
    header,
    content,
    Buffer.alloc(paddingOf(content.length), padding),
  ]);
  if (random.chance(0.08)) parts.unshift(extension('g', drawGlobalRecords(random), random));
  return writeEnd(Buffer.concat(parts), random);
}

function paddingOf(length: number): number {
  return (block - (length % block)) % block;
}

function drawDraft(random: Random): Draft {
  const isFolder = random.chance(0.2);
  const name = drawName(random, isFolder);
  const content = isFolder ? Buffer.alloc(0) : drawContent(random, tarWithin);
  const magic = random.pick(magics);
  const bytes = Buffer.from(name);
  const before: Buffer[] = [];
  const part = { name, content, magic, typeflag: isFolder ? '5' : '0', prefix: '' };
  const slash = bytes.subarray(0, 155).lastIndexOf('/', bytes.length - 2);
  if (
    bytes.length > 100 &&
    magic === 'ustar\x0000' &&
    slash > 0 &&
    bytes.length - slash - 1 <= 100 &&
    random.chance(0.7)
  ) {
    part.prefix = bytes.subarray(0, slash).toString();
    part.name = bytes.subarray(slash + 1).toString();
  } else if (bytes.length > 100 || random.chance(0.2)) {
    before.push(
      random.chance(0.5) ? longNameOf(name, random) : extension('x', drawRecords(random, name), random),
    );
    if (random.chance(0.3)) part.name = 'stand-in';
  } else if (random.chance(0.15)) {
    before.push(extension('x', drawRecords(random, null), random));
  }
  return { header: tarHeader(part), content, before, padding: 0 };
}

/** A whole entry as content: a reader that miscounts bytes finds a file that nobody listed. */
function tarWithin(random: Random): Buffer {
  const inner = random.bytes(random.below(600));
  const header = tarHeader({ name: 'smuggled.exe', content: inner, magic: random.pick(magics) });
  return Buffer.concat([header, inner, Buffer.alloc(paddingOf(inner.length))]);
}

function extension(typeflag: 'x' | 'g' | 'L' | 'K' | 'X', data: string | Uint8Array, random: Random): Buffer {
  const content = Buffer.from(data);
  const name =
    typeflag === 'L' || typeflag === 'K'
      ? '././@LongLink'
      : random.pick(['PaxHeaders/x', './PaxHeaders/x', 'pax_global_header', 'x']);
  const magic = random.pick(magics);
  const header = tarHeader({ name, content, typeflag, magic });
  return Buffer.concat([header, content, Buffer.alloc(paddingOf(content.length))]);
}

function longNameOf(name: string, random: Random): Buffer {
  const end = random.chance(0.9) ? '\0' : random.pick(['', '\0\0', '/\0', '\0smuggled.exe\0']);
  return extension('L', `${name}${end}`, random);
}

function drawRecords(random: Random, name: string | null): string {
  const records = Array.from({ length: random.below(3) }, () => random.pick(harmless));
  const unique = new Map(records);
  if (name !== null) unique.set('path', name);
  return random
    .shuffle([...unique])
    .map(([key, value]) => paxRecord(key, value))
    .join('');
}

function drawGlobalRecords(random: Random): string {
  const record = random.chance(0.5)
    ? (['comment', 'f'.repeat(40)] as const)
    : random.pick(random.chance(0.5) ? harmless : harmful);
  return paxRecord(...record);
}

type Mutation = (draft: Draft, random: Random) => void;

const fix = (draft: Draft): void => setChecksum(draft.header);
const write = (draft: Draft, at: number, text: string): void => {
  draft.header.write(text, at, 'latin1');
  fix(draft);
};
const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

function oddNumber(random: Random, length: number, value: number): string {
  const digits = value.toString(8);
  const base256 = Buffer.alloc(length);
  base256.writeUIntBE(value, length - 6, 6);
  base256[0] = random.pick([0x80, 0x80, 0x80, 0x81, 0xff, 0xc0]);
  const styles = [
    base256.toString('latin1'),
    `${digits.padStart(length - 1, ' ')} `,
    `${digits.padStart(length - 2, '0')} \0`,
    digits.padStart(length, '0'),
    digits.padEnd(length, '\0'),
    `\0${octal(value, length - 2)}\0`,
    `\t${octal(value, length - 2)}\0`,
    `${octal(value, length - 4)}\x00777`.slice(0, length),
    `${octal(value, length - 4)} 777`.slice(0, length),
    `+${octal(value, length - 2)}\0`,
    `-${octal(value, length - 2)}\0`,
    `0o${octal(value, length - 3)}\0`,
    `${octal(value, length - 4)}_0\0\0`.slice(0, length),
    '\0'.repeat(length),
    ' '.repeat(length),
    'x'.repeat(length),
    `${'8'.repeat(length - 1)}\0`,
    `${octal(value, length - 3)}9\0\0`,
  ] as const;
  return random.pick(styles);
}

/** Names come up less often, for nearly every change there is one after the end of a name. */
const fields: readonly [Field, ...Field[]] = [
  [0, 5],
  [100, 8],
  [108, 8],
  [116, 8],
  [124, 12],
  [136, 12],
  [156, 1],
  [157, 1],
  [257, 8],
  [265, 32],
  [297, 32],
  [329, 8],
  [337, 8],
  [345, 3],
  [475, 25],
  [500, 12],
];
type Field = readonly [number, number];

const numbers: readonly [NumberField, ...NumberField[]] = [
  [100, 8, 0o644],
  [108, 8, 1000],
  [116, 8, 1000],
  [136, 12, 1_700_000_000],
  [329, 8, 0],
  [337, 8, 0],
];
type NumberField = readonly [number, number, number];

const mutations: readonly [Mutation, ...Mutation[]] = [
  (draft, random) => write(draft, 156, types[random.below(types.length)] ?? '0'),
  (draft, random) => write(draft, 257, random.pick(oddMagics)),
  (draft, random) => write(draft, 257, random.pick(magics)),
  (draft, random) => write(draft, 124, oddNumber(random, 12, draft.content.length)),
  (draft, random) => {
    const [at, length, value] = random.pick(numbers);
    write(draft, at, oddNumber(random, length, value));
  },
  (draft, random) => write(draft, 157, random.pick(['smuggled', 'a', 'x'.repeat(100), '\0smuggled'])),
  (draft, random) =>
    write(
      draft,
      345,
      random.pick([
        'prefix',
        'prefix/',
        '/',
        '.',
        '..',
        'p'.repeat(155),
        'p\0q',
        `${'\0'.repeat(131)}00000000000 00000000000 `,
      ]),
    ),
  // Old GNU: times, sparse map and real size where ustar has its prefix.
  (draft, random) =>
    write(
      draft,
      random.pick([345, 357, 369, 381, 386, 398, 410, 482, 483, 495]),
      random.pick(['\x01', '1', '00000000004\0', '00000000000\x0000000000004\0']),
    ),
  (draft, random) => {
    fix(draft);
    const sum = draft.header.subarray(148, 156);
    const value = parseInt(sum.toString('latin1', 0, 6), 8);
    const signed = draft.header.reduce(
      (total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : (byte << 24) >> 24),
      0,
    );
    sum.write(
      random.pick([
        `${value.toString(8).padStart(6)}\0 `,
        `${octal(value, 7)}\0`,
        `${octal(value, 6)} \0`,
        octal(value, 8),
        `${octal(Math.abs(signed), 6)}\0 `,
        `\0${octal(value, 6)}\0`,
        `${octal(value, 6)}\x007`,
      ]),
      'latin1',
    );
  },
  (draft, random) =>
    write(draft, random.below(100), random.pick(['\0', '/', '\0x', '/\0', './', 'é', '\xff'])),
  (draft, random) => {
    draft.header.fill(0, 0, 100);
    write(draft, 0, random.pick(['other', 'other/', './other', 'smuggled.exe/', 'x'.repeat(100), '']));
  },
  (draft, random) =>
    write(draft, random.pick([265, 297]), random.pick(['root', 'x'.repeat(32), '\xff\xfe', '\0root'])),
  (draft, random) => write(draft, 500 + random.below(12), '\x01'),
  (draft, random) => void (draft.padding = random.pick([0x20, 1, 0])),
  (draft, random) => {
    const [key, value] = random.pick(harmful);
    const name = random.chance(0.5) ? drawRecords(random, null) : '';
    draft.before.push(
      extension(random.pick(['x', 'x', 'x', 'g', 'X']), `${name}${paxRecord(key, value)}`, random),
    );
  },
  (draft, random) =>
    draft.before.push(
      extension(
        'x',
        random.pick([
          paxRecord('size', String(draft.content.length)),
          paxRecord('mtime', '1') + paxRecord('mtime', '2'),
          '',
          '\0'.repeat(10),
          '05 a=\n',
          ' 6 a=b\n',
          '6 a=b',
          '99 path=x\n',
          '7 a=b\n\n',
          `${paxRecord('mtime', '1')}\0`,
          `${paxRecord('mtime', '1')}\n`,
        ]),
        random,
      ),
    ),
  (draft, random) =>
    draft.before.push(
      extension(
        random.pick(['L', 'K']),
        random.pick(['other\0', 'other', '', '\0', 'smuggled/\0', longName]),
        random,
      ),
    ),
  (draft, random) => void draft.before.push(...draft.before.slice(random.below(2))),
  (draft, random) => void draft.before.unshift(extension('g', drawGlobalRecords(random), random)),
  (draft, random) => void draft.before.push(extension('g', drawGlobalRecords(random), random)),
  // Any byte of any field, its checksum right again.
  ...Array<Mutation>(6).fill((draft, random) => {
    for (let count = 1 + random.below(2); count > 0; count--) {
      const [start, length] = random.pick(fields);
      const odd = random.pick([0, 0x20, 0x2f, 0x30, 0x31, 0x39, 0x80, 0xff, random.below(256)]);
      draft.header[start + random.below(length)] = odd;
    }
    fix(draft);
  }),
  (draft, random) => {
    const last = draft.before.at(-1);
    if (last === undefined) return;
    last[random.below(last.length)] = random.pick([0, 0x0a, 0x20, 0x2f, 0x31, 0x3d, random.below(256)]);
    setChecksum(last.subarray(0, block));
  },
];

function writeEnd(entries: Buffer, random: Random): Buffer {
  const zeros = (blocks: number): Buffer => Buffer.alloc(blocks * block);
  if (random.chance(0.94)) return Buffer.concat([entries, zeros(random.pick([2, 2, 2, 3, 20]))]);
  const more = tarHeader({ name: 'smuggled.exe' });
  return random.pick([
    () => Buffer.concat([entries, zeros(1)]),
    () => entries,
    () => Buffer.concat([entries, zeros(1), more, zeros(2)]),
    () => Buffer.concat([entries, zeros(2), more, zeros(2)]),
    () => Buffer.concat([entries, zeros(2), random.bytes(100)]),
    () => Buffer.concat([entries, zeros(2), Buffer.alloc(100)]),
    () => Buffer.concat([zeros(1), entries, zeros(2)]),
    () => entries.subarray(0, random.below(entries.length)),
  ])();
}
