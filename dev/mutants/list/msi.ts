import { guards, type Area } from '../mutant.ts';

const cfb = 'lib/core/formats/cfb';
const cfbTest = `${cfb}/compound-file.test.ts`;
const folder = 'lib/core/formats/msi';
const signTest = `${folder}/sign.test.ts`;
const inspectTest = `${folder}/inspect.test.ts`;
const inside = `${folder}/contents`;
const insideTest = `${inside}/contents.test.ts`;

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
      ['!isMetadataDigest(found, extended)', 'false', 'is refused where the first is none'],
      [
        'Buffer.compare(digest, statement.digest) !== 0 || verified?.ok === false',
        'false',
        'is refused where the first is none',
      ],
    ]),
    ...guards('lib/core/formats/authenticode/second-signature.ts', signTest, [
      [
        'before !== null && Buffer.compare(before, kept) === 0',
        'before !== null',
        'is refused when it is read back',
      ],
    ]),
    ...guards(`${folder}/sign.ts`, signTest, [
      ['if (difference !== null)', 'if (false)', 'is refused where anything but the signature differs'],
      [
        'embedded === null || !isSignatureAfter(embedded, kept?.signature ?? null, signature)',
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
      ['if (!isMetadataDigest(found, extended))', 'if (false)', 'is refused where it was changed after'],
      ['if (extended === null)', 'if (false)', 'is refused where the digest of its names became content'],
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
      [
        "columns.join() !== 'Property text,Value text'",
        'columns.length < 0',
        'whose texts could mean two things',
      ],
    ]),
    ...guards(`${folder}/inspect.ts`, inspectTest, [
      [
        "streamNamed(file, 'ModuleSignature') !== null && !isProduct",
        "streamNamed(file, 'ModuleSignature') !== null",
        'a product that says that it is a module',
      ],
    ]),
    ...guards(`${inside}/read-contents.ts`, insideTest, [
      ["if (found === 'patch')", "if (found !== 'patch' && found !== 'database')", 'a patch'],
      ['if (storage !== undefined)', 'if (storage?.offset === 0)', 'a transform in it'],
      ['signed !== null && signed.rows > 0', 'signed?.rows === 0', 'signatures of cabinets that are checked'],
      ['cabinets.some((other) => other.stream === stream)', 'cabinets.length < 0', 'a cabinet named twice'],
      ['if (left.length > 0)', 'if (left.length < 0)', 'a file beyond the last cabinet'],
    ]),
    ...guards(`${inside}/installed-paths.ts`, insideTest, [
      ["key === '' || keys.has(key)", "key === ''", 'two rows with one key'],
      ['directory === undefined || depth > depthMax', 'directory === undefined', 'directories in a circle'],
      ["!segment.includes('/')", "segment !== '/'", 'a file in another folder'],
      ["isAlone ? path : ['File'", "path.length > 0 ? path : ['File'", 'is named by its key where two files'],
    ]),
    ...guards(`${inside}/container.ts`, insideTest, [
      [
        'file === undefined || !missing.delete(entry.path)',
        'file === undefined',
        'a file that the cabinet lacks',
      ],
      [
        'if (file.sizeBytes !== entry.sizeBytes)',
        'if (file.sizeBytes < 0)',
        'another size than the cabinet says',
      ],
      ['if (missing.size > 0)', 'if (missing.size < 0)', 'a file that the cabinet lacks'],
    ]),
    ...guards(`${inside}/file-hash.ts`, insideTest, [
      ['if (!isSame)', 'if (digest.length < 0)', 'another digest than the content has'],
    ]),
    ...guards(`${inside}/check-rebuilt.ts`, insideTest, [
      [
        'if (difference !== null)',
        'if (difference === undefined)',
        'is refused where tables, streams or attributes',
      ],
      ['!one.equals(other)', 'one.length !== other.length', 'is refused where tables, streams or attributes'],
    ]),
    ...guards('lib/core/formats/cfb/write.ts', insideTest, [
      [
        'if (bytes !== stream.sizeBytes)',
        'if (bytes < 0)',
        'takes no new files, and none that is not as long',
      ],
    ]),
    ...guards('signer/inspector/child/open-nested.ts', 'signer/inspector/installers.test.ts', [
      [
        'if (container.others === undefined) return true;',
        'if (container.others !== null) return true;',
        'is held to them file by file',
      ],
    ]),
    ...guards(`${inside}/gaps.ts`, 'lib/core/formats/inside/read-installer.test.ts', [
      ['if (leftBytes === 0) return;', 'if (leftBytes >= 0) return;', 'bytes of no stream are one more file'],
    ]),
    ...guards('lib/core/formats/msi/existing-signature.ts', 'lib/core/formats/msi/sign.test.ts', [
      [
        'if (extended === null)',
        'if (false)',
        'is refused where the first is none, is about another file, or is there twice',
      ],
    ]),
  ],
};
