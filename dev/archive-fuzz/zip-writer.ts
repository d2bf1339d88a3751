/** Writes zip archives that are unusual in one or several ways: names, headers, extra fields, compressed data, what lies between. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { zip, type ZipPart } from '#core/formats/zip/zip.fixture.ts';
import { writeDeflate } from './deflate-writer.ts';
import { drawContent, drawName } from './parts.ts';
import type { Random } from './random.ts';

type Draft = { -readonly [Key in keyof ZipPart]: ZipPart[Key] };
type Options = NonNullable<Parameters<typeof zip>[1]>;

const utf8Flag = 1 << 11;
const directoryAttributes = 0o040755 * 65536 + 0x10;

/** One archive. About half of them are such that an honest program could have written them. */
export function writeZip(random: Random): Buffer {
  const drafts = Array.from({ length: 1 + random.below(4) }, () => drawDraft(random));
  const options: { -readonly [Key in keyof Options]: Options[Key] } = { zip64: random.chance(0.1) };
  if (random.chance(0.05))
    options.comment = random.pick([
      'a comment',
      'PK\x05\x06',
      'x'.repeat(20_000),
      'PK\x06\x07',
      zip([{ name: 'smuggled.exe' }]).toString('latin1'),
    ]);
  for (let count = random.pick([0, 0, 1, 1, 1, 2]); count > 0; count--) {
    const draft = drafts[random.below(drafts.length)];
    if (draft !== undefined) random.pick(mutations)(draft, random);
  }
  if (random.chance(0.05)) options.order = random.shuffle(drafts.map((_one, index) => index));
  if (random.chance(0.03))
    options.before = random.pick([Buffer.from('MZ'), random.bytes(40), zip([{ name: 'smuggled.exe' }])]);
  if (random.chance(0.05))
    options.changeEnd = (record) => void (record[4 + random.below(18)] = random.pick([0, 1, 2, 0xff]));
  const bytes = zip(drafts, options);
  if (random.chance(0.03)) return Buffer.concat([bytes, random.bytes(1 + random.below(30))]);
  // Any byte of any header, of which names are few.
  if (random.chance(0.1)) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function drawDraft(random: Random): Draft {
  const isFolder = random.chance(0.2);
  const name = drawName(random, isFolder);
  const draft: Draft = { name, method: isFolder ? 0 : random.pick([0, 8, 8]) };
  if (/[^\x20-\x7e]/.test(name)) draft.flags = utf8Flag;
  if (isFolder) draft.attributes = random.pick([directoryAttributes, 0x10, 0]);
  else {
    draft.content = drawContent(random, zipWithin);
    draft.attributes = random.pick([0o100644 * 65536, 0o100755 * 65536 + 0x20, 0, 0x20]);
  }
  if (random.chance(0.1)) draft.zip64 = true;
  if (random.chance(0.15) && draft.method === 8)
    draft.descriptor = { signature: random.chance(0.7), wide: draft.zip64 === true };
  if (random.chance(0.2)) draft.localExtra = field(0x5455, Buffer.from([1, 1, 2, 3, 4]));
  if (random.chance(0.2))
    draft.centralExtra = field(random.pick([0x5455, 0x7875, 0x000a]), Buffer.from([1, 1, 2, 3, 4]));
  return draft;
}

/** A descriptor and a whole entry as content: a reader that guesses where content ends finds a file that nobody listed. */
function zipWithin(random: Random): Buffer {
  const before = random.bytes(random.below(50));
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc32(before), 4);
  descriptor.writeUInt32LE(before.length, 8);
  descriptor.writeUInt32LE(before.length, 12);
  return Buffer.concat([before, descriptor, zip([{ name: 'smuggled.exe', content: 'MZ', method: 0 }])]);
}

function field(id: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([id & 255, id >> 8, data.length & 255, data.length >> 8]), data]);
}

function unicodePath(name: string, header: string): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(Buffer.from(header)));
  return field(0x7075, Buffer.concat([Buffer.from([1]), sum, Buffer.from(name)]));
}

const fieldIds = [
  0x0001, 0x0007, 0x0009, 0x000a, 0x000c, 0x000d, 0x0014, 0x0017, 0x0065, 0x07c8, 0x2605, 0x2705, 0x334d,
  0x4341, 0x4453, 0x4704, 0x5455, 0x554e, 0x5855, 0x6375, 0x6542, 0x6c78, 0x7075, 0x756e, 0x7855, 0x7875,
  0x9901, 0xa220, 0xcafe, 0xd935, 0xfb4a,
] as const;

type Mutation = (draft: Draft, random: Random) => void;

/** In the local header, the central record, or both. */
function addField(draft: Draft, data: Buffer, random: Random): void {
  const where = random.below(3);
  if (where !== 1) draft.localExtra = Buffer.concat([draft.localExtra ?? Buffer.alloc(0), data]);
  if (where !== 0) draft.centralExtra = Buffer.concat([draft.centralExtra ?? Buffer.alloc(0), data]);
}

const both = (draft: Draft, at: number, value: number, bytes: 1 | 2 | 4, random: Random): void => {
  const where = random.below(3);
  if (where !== 1) draft.changeLocal = (header) => void header.writeUIntLE(value, at, bytes);
  if (where !== 0)
    draft.changeCentral = (record) => void record.writeUIntLE(value, at + (at < 6 ? 0 : 2), bytes);
};

const mutations: readonly [Mutation, ...Mutation[]] = [
  (draft, random) =>
    addField(draft, field(random.pick(fieldIds), random.bytes(random.pick([0, 4, 8, 16, 24]))), random),
  (draft, random) =>
    addField(draft, field(random.pick(fieldIds), random.bytes(random.pick([0, 4, 8, 16, 24]))), random),
  // libarchive's own: which fields follow, then made-by, attributes of both kinds.
  (draft, random) =>
    addField(draft, field(0x6c78, Buffer.from([7, 0x1e, 3, 0, 0, 0, 0, 0xff, 0xa1])), random),
  (draft, random) =>
    addField(
      draft,
      unicodePath(
        random.pick(['smuggled.exe', String(draft.name), `${String(draft.name)}/`]),
        random.pick([String(draft.name), 'other']),
      ),
      random,
    ),
  (draft, random) =>
    addField(
      draft,
      random.pick([Buffer.alloc(1), Buffer.alloc(3), Buffer.from([1]), Buffer.from([1, 2, 9, 0])]),
      random,
    ),
  (draft) => void (draft.flags = (draft.flags ?? 0) ^ utf8Flag),
  (draft, random) => void (draft.flags = (draft.flags ?? 0) | (1 << random.below(16))),
  (draft, random) => both(draft, 6, random.below(2 ** 16), 2, random),
  (draft, random) => void (draft.method = random.pick([0, 1, 6, 8, 9, 12, 14, 93, 95, 97, 98, 99])),
  (draft, random) => both(draft, 8, random.pick([0, 8, 9, 12]), 2, random),
  // The version that is needed, and who made it.
  (draft, random) => both(draft, 4, random.pick([10, 20, 45, 46, 51, 63, 255]), 2, random),
  (draft, random) =>
    void (draft.changeCentral = (record) =>
      void record.writeUInt16LE(
        random.pick([0x0014, 0x0314, 0x0714, 0x0a14, 0x0b14, 0x1314, 0x2d, 0xff14]),
        4,
      )),
  (draft, random) =>
    void (draft.attributes = random.pick([
      0o120777 * 65536,
      0o020644 * 65536,
      0o100644 * 65536 + 0x10,
      0x10,
      0x08,
      0x40,
      0x400,
      0x2020,
      0o040755 * 65536,
      0o140755 * 65536,
      0xffffffff,
    ])),
  (draft, random) =>
    void (draft.changeCentral = (record) => void (record[34 + random.below(4)] = random.pick([0, 1, 0xff]))),
  (draft, random) => both(draft, 14, random.pick([0, 1]), 4, random),
  (draft, random) => both(draft, 18, random.pick([0, 1, 10, 0xffffffff]), 4, random),
  (draft, random) => both(draft, 22, random.pick([0, 1, 10, 0xffffffff]), 4, random),
  (draft, random) => both(draft, 26, random.pick([0, 1, 2]), 2, random),
  (draft) => void (draft.content = Buffer.alloc(0)),
  (draft, random) => void (draft.descriptor = { signature: random.chance(0.7), wide: random.chance(0.3) }),
  (draft, random) =>
    void (draft.gap = random.pick([Buffer.from([0]), random.bytes(16), zip([{ name: 'smuggled.exe' }])])),
  (draft, random) =>
    void (draft.packed = Buffer.concat([
      packedOf(draft),
      random.pick([Buffer.alloc(1), random.bytes(20), zip([{ name: 'smuggled.exe' }])]),
    ])),
  ...Array<Mutation>(4).fill((draft, random) => {
    if (draft.method === 8) draft.packed = writeDeflate(Buffer.from(draft.content ?? ''), random);
  }),
  (draft, random) => {
    const packed = Buffer.from(packedOf(draft));
    if (packed.length > 0) packed[random.below(packed.length)] = random.below(256);
    draft.packed = packed;
    // With the checksum of what it has become, where zlib makes anything of it.
    try {
      if (draft.method === 8) draft.content = inflateRawSync(packed);
    } catch {
      // stays damaged
    }
  },
  (draft, random) =>
    void (draft.name = `${String(draft.name)}${random.pick(['/', ';1', '\0', '\0.exe', '.', ' '])}`),
  (draft, random) => void (draft.comment = random.pick(['c', 'PK\x01\x02', 'x'.repeat(3000)])),
];

function packedOf(draft: Draft): Uint8Array {
  const content = Buffer.from(draft.content ?? '');
  return draft.packed ?? (draft.method === 8 ? deflateRawSync(content) : content);
}
