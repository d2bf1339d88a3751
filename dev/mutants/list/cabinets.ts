import { guards, type Area } from '../mutant.ts';

const folder = 'lib/core/formats/cab';
const readTest = `${folder}/read-cab.test.ts`;
const signTest = `${folder}/sign.test.ts`;
const rewriteTest = `${folder}/rewrite-cab.test.ts`;
const lzxTest = `${folder}/lzx.test.ts`;
const hidden = 'with bytes behind a folder';

/** What is read as a cabinet, what of it a signature states, and when it may be packed again. */
export const cabinets: Area = {
  name: 'cabinets',
  mutants: [
    ...guards(`${folder}/header.ts`, readTest, [
      ['(flags & (flag.previous | flag.next)) !== 0 ||', '', 'with a cabinet before it'],
      ['|| bytes.readUInt16LE(34) !== 0', '', 'as the second of a set'],
      ['if (bytes.readUInt32LE(at) !== 0)', 'if (at < 0)', 'with a reserved field'],
      ['if (!isSignature)', 'if (reserveBytesMax < 0)', 'with data in an area'],
    ]),
    ...guards(`${folder}/layout.ts`, readTest, [
      ['if (header.filesOffset !== end)', 'if (header.filesOffset < end)', 'with bytes before its files'],
      ['if (sizeBytes < source.size)', 'if (sizeBytes < 0)', 'inside a program may be followed by anything'],
    ]),
    ...guards(`${folder}/layout.ts`, signTest, [
      ['offset !== sizeBytes ||', '', 'with a signature elsewhere, or with bytes behind or before it'],
      [
        '|| offset + length !== source.size',
        '',
        'with a signature elsewhere, or with bytes behind or before it',
      ],
    ]),
    ...guards(`${folder}/folders.ts`, readTest, [
      ['if (folder.dataOffset === end)', 'if (end < 0)', 'with folders that share data'],
      ['if (dataOffset < tableEnd ||', 'if (', 'with data in its header'],
    ]),
    ...guards(`${folder}/files.ts`, readTest, [
      ['if (at !== table.length)', 'if (at < 0)', 'with bytes between files and data'],
      ['if (folder >= firstContinued)', 'if (folder < 0)', 'with a file from another cabinet'],
      ['if (!isUtf8 && bytes.some', 'if (isUtf8 && bytes.some', 'the name '],
      ['clash === null ? issues : [...issues, clash]', 'issues', 'two of one name, or that differ in case'],
    ]),
    ...guards(`${folder}/blocks.ts`, readTest, [
      ['if (at !== dataEnd)', 'if (at < 0)', hidden],
      ['if (told !== 0 && told !==', 'if (told === 1 && told !==', 'with a wrong checksum'],
      [
        'if (left > 1 && unpackedBytes !== unpackedBytesMax)',
        'if (left < 0)',
        'with a block that isn’t full',
      ],
    ]),
    ...guards(`${folder}/mszip.ts`, readTest, [
      [
        'if (unpacked.engine.bytesWritten !== packed.length - 2)',
        'if (packed.length < 0)',
        'with bytes behind a compressed block, or another number of them',
      ],
    ]),
    ...guards(`${folder}/read-cab.ts`, readTest, [
      ['if (file.offset < reached)', 'if (reached < 0)', 'with files that overlap'],
      ['if (file.offset > reached)', 'if (reached < 0)', 'with bytes between files'],
      ['if (!(await cursor.atEnd()))', 'if (files.length < 0)', 'with bytes behind its last file'],
    ]),
    ...guards(`${folder}/lzx.ts`, lzxTest, [
      ['if (!bits.isInside)', 'if (count < 0)', 'that is cut off, or longer than its content, is refused'],
      [
        'if (bits.bytesLeft() > 0)',
        'if (count < 0)',
        'that is cut off, or longer than its content, is refused',
      ],
    ]),
    ...guards(`${folder}/sign.ts`, signTest, [
      [
        "layout.header.signature !== null && existingSignature(sign) === 'refuse'",
        'layout.files.length < 0',
        'is refused, replaced or appended to, as the options say',
      ],
      [
        'if (!header.equals(await readExactly(signedSource, 0, header.length)))',
        'if (header.length < 0)',
        'a signed file that isn’t the one before with the signature',
      ],
      [
        '!isSignatureAfter(found, keptOf(before.existing, sign), signature)',
        'found.length === 0',
        'a signed file that isn’t the one before with the signature',
      ],
      [
        'if (Buffer.compare(chunk, await readExactly(signedSource, at, chunk.length)) !== 0)',
        'if (at < 0)',
        'a signed file that isn’t the one before with the signature',
      ],
    ]),
    ...guards(`${folder}/signature.ts`, signTest, [
      [
        '!isZero(bytes.subarray(derBytes))',
        'false',
        'with a signature that is none, or with bytes in its padding',
      ],
      [
        'length - derBytes >= alignment',
        'false',
        'with a signature that is none, or with bytes in its padding',
      ],
      [
        'Buffer.compare(own, digest) === 0 ? null',
        'digest.length > 0 ? null',
        'none is added to a signature that is about another cabinet',
      ],
    ]),
    ...guards(`${folder}/inspect.ts`, signTest, [
      [
        'const verified = isVerified',
        'const verified = isVerified && sizeBytes < 0',
        'upstream’s signature is verified: of this cabinet, and by whom the foundation trusts',
      ],
    ]),
    ...guards(`${folder}/signed-header.ts`, signTest, [
      [
        'reserve.folderBytes > 0 || reserve.dataBytes > 0',
        'reserve.headerBytes < 0',
        'with bytes for each folder or block',
      ],
    ]),
    ...guards(`${folder}/inspect.ts`, signTest, [
      [
        '[...names, ...signedAlready(',
        '[...signedAlready(',
        'what can’t be read, or has names that mean several places, isn’t signed',
      ],
      [
        "check?.repacked === true && existing !== 'replace' ? [breaksSignature(about)] : []",
        '[]',
        'a cabinet that is ',
      ],
      [
        'if (broken.length > 0)',
        'if (broken.length < 0)',
        'none is added to a signature that is about another cabinet',
      ],
    ]),
    ...guards(`${folder}/rewrite-cab.ts`, rewriteTest, [
      [
        'stay ? [{ files, replacement: null }] : own',
        '[own.find(({ replacement }) => replacement !== null) ?? { files, replacement: null }]',
        'each get bytes of their own where some of them change',
      ],
      ['if (issue !== undefined)', 'if (aliases.length < 0)', 'where names are unacceptable'],
      [
        'if (bytes !== replacement.sizeBytes)',
        'if (bytes < 0)',
        'with content of another size than was said',
      ],
      [
        'if ((await changes.added(file)).length > 0)',
        'if (files.length < 0)',
        'with files that it didn’t have',
      ],
      [
        'if (header.signature !== null) head.fill',
        'if (header.sizeBytes < 0) head.fill',
        'loses a signature, which is about the cabinet as it was',
      ],
    ]),
  ],
};
