import { guards, type Area } from '../mutant.ts';

const cfb = 'lib/core/formats/cfb';
const cfbTest = `${cfb}/compound-file.test.ts`;
const folder = 'lib/core/formats/msi';
const signTest = `${folder}/sign.test.ts`;
const inspectTest = `${folder}/inspect.test.ts`;

/** What of an installer is read, digested, and compared after it was signed. */
export const msi: Area = {
  name: 'msi',
  mutants: [
    ...guards(`${cfb}/sectors.ts`, cfbTest, [
      ['if (this.has(sector))', 'if (false)', 'a FAT sector listed twice'],
      ['if (count > 0 && sector !== endOfChain)', 'if (false)', 'a stream shorter than its chain'],
      ['if (listed.length !== header.fatSectors)', 'if (false)', 'more FAT sectors than there are'],
    ]),
    ...guards(`${cfb}/directory.ts`, cfbTest, [
      ['if (names.has(key))', 'if (false)', 'is refused: two names that are one on Windows'],
      ['if (depth > depthMax)', 'if (false)', 'is refused: storages nested without end'],
      ['record.subarray(80, 96).some((byte) => byte !== 0)', 'false', 'a stream with a class'],
      ['if (record.readUInt32LE(76) !== noEntry)', 'if (false)', 'a stream with children'],
    ]),
    ...guards(`${folder}/digest.ts`, signTest, [
      [
        "hash.update(type === 'stream' ? record.subarray(120, 124) : record.subarray(80, 96));",
        '',
        'is the content of streams, their names',
      ],
      [
        "!(type === 'root' && isSignatureStream(child))",
        '!isSignatureStream(child)',
        'is left as it was by the signature',
      ],
    ]),
    ...guards(`${folder}/existing-signature.ts`, signTest, [
      ["found.signatures.length > 0 && fate === 'refuse'", 'false', 'is about the same file'],
      [
        'extended !== null && !isMetadataDigest(found, extended)',
        'false',
        'is refused where the first is none',
      ],
      [
        'Buffer.compare(digest, statement.digest) !== 0 || verified?.ok === false',
        'false',
        'is refused where the first is none',
      ],
      [
        'Buffer.compare(withoutNested(stream, added), kept.signature) === 0',
        'withoutNested(stream, added).length > 0',
        'is refused when it is read back',
      ],
    ]),
    ...guards(`${folder}/sign.ts`, signTest, [
      ['if (difference !== null)', 'if (false)', 'is refused where anything but the signature differs'],
      [
        'embedded === null || !isSignatureAfter(embedded, kept, signature)',
        'embedded === null',
        'is refused where anything but the signature differs',
      ],
      [
        'Buffer.compare(extended, extendedFor(after, kept, sign)) !== 0',
        'false',
        'is refused where anything but the signature differs',
      ],
    ]),
    ...guards(`${folder}/compare.ts`, signTest, [
      [
        '!isZero(await readExactly(afterSource, start, end - start))',
        'false',
        'is refused where anything but',
      ],
      ['if (Buffer.compare(bytes, others) !== 0)', 'if (false)', 'is refused where anything but'],
      [
        'after.signatures.some(({ record }) => !isZero(record.subarray(80, 116)))',
        'false',
        'with any byte changed',
      ],
    ]),
    ...guards(`${folder}/upstream.ts`, `${folder}/upstream.test.ts`, [
      [
        'extended !== null && !isMetadataDigest(found, extended)',
        'false',
        'is refused where it was changed after',
      ],
      [
        'if (Buffer.compare(own, digest) === 0)',
        'if (own.length > 0)',
        'is refused where it was changed after',
      ],
    ]),
    ...guards(`${folder}/package.ts`, inspectTest, [
      ['if (found === null)', 'if (false)', 'a compound file of another class'],
      ['folded.includes(foldedName(name))', 'folded.includes(name)', 'is refused where it is to be signed'],
    ]),
    ...guards(`${folder}/property-table.ts`, inspectTest, [
      ['if (properties.has(name))', 'if (false)', 'whose texts could mean two things'],
      ["found.sort().join() !== '1 Property,2 Value'", 'false', 'whose texts could mean two things'],
    ]),
    ...guards(`${folder}/inspect.ts`, inspectTest, [
      [
        "streamNamed(file, 'ModuleSignature') !== null && !isProduct",
        "streamNamed(file, 'ModuleSignature') !== null",
        'a product that says that it is a module',
      ],
    ]),
    ...guards('lib/core/formats/inside/read-installer.ts', 'lib/core/formats/inside/read-installer.test.ts', [
      ['if (leftBytes === 0) return;', 'if (leftBytes >= 0) return;', 'bytes of no stream are one more file'],
    ]),
  ],
};
