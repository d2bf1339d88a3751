import { guards, type Area } from '../mutant.ts';

const vouching = 'signer/inspector/child/vouching.ts';
const vouchingTest = 'signer/inspector/vouching.test.ts';
const member = 'lib/core/formats/catalog/read-member.ts';
const readTest = 'lib/core/formats/catalog/read-catalog.test.ts';
const sign = 'lib/core/formats/catalog/sign.ts';
const oracle = 'lib/core/formats/catalog/catalog.oracle.test.ts';

/** What a catalog may speak for, and how it is signed. */
export const catalog: Area = {
  name: 'catalog',
  mutants: [
    ...guards(vouching, vouchingTest, [
      [
        'filter(({ found }) => found === null)',
        'filter(() => false)',
        'a catalog that lists a missing file is refused, with the file’s name',
      ],
      ['found !== null && isUndeclared(found.file)', 'false', 'a program declared as a plain file'],
      [
        'before === undefined || isUndeclared(known.file)',
        'before === undefined',
        'a program declared as a plain',
      ],
      [
        'found?.wholeFile === true && changed',
        'false && changed',
        'a full digest of a file that gets signed, or of an archive around one, is refused, since it would no longer match',
      ],
      [
        'found?.wholeFile === true && found.file.ambiguous',
        'false',
        'a full digest of a file that begins like a program is refused, since it may be another program’s',
      ],
      [
        'depth <= path.length',
        'depth < 0',
        'a full digest of a file that gets signed, or of an archive around one, is refused, since it would no longer match',
      ],
    ]),
    ...guards(member, readTest, [
      ['if (sha256 !== null) throw', 'if (false) throw', 'a second digest for one file'],
      ['if (!isTagOf(sha256, tag))', 'if (false)', 'a tag of another digest'],
      ['hash === oids.sha1', 'false', 'a SHA-1 digest'],
      ['if (isContext(link, 1))', 'if (false)', 'digests of pages of a program'],
      ['hash !== oids.sha256 ||', 'false ||', 'SHA-384'],
      ['digest.length !== 32', 'false', 'a digest of another length'],
    ]),
    ...guards('lib/core/formats/catalog/read-catalog.ts', readTest, [
      [
        'if (!Buffer.from(beginning).includes(signedDataOid))',
        'if (false)',
        'of a file that is not a catalog only',
      ],
    ]),
    ...guards(sign, oracle, [
      ['if (Buffer.compare(before.listDer, after.listDer) !== 0)', 'if (false)', 'what is read back must be'],
      ['if (Buffer.compare(signed, signature) !== 0)', 'if (false)', 'what is read back must be'],
      [
        'content === null || Buffer.compare(content, subject.content) !== 0',
        'false',
        'refuses a program that',
      ],
      [
        'if (verified.signedData.signerInfo.digestAlgorithm !== oids[roundHash(sign)])',
        'if (false)',
        'accepts SHA-384 and SHA-512',
      ],
      ['if (catalog.signers > 0 && !replaced)', 'if (false)', 'what is read back must be'],
    ]),
    ...guards('lib/core/policy/fields/artifact-floors.ts', 'lib/core/policy/check-floors.test.ts', [
      ['!isSigned(element) && !vouchedFor', '!isSigned(element)', 'a program next to a signed catalog'],
    ]),
  ],
};
