import { guards, type Area } from '../mutant.ts';

const upstreamTest = 'signer/inspector/upstream.oracle.test.ts';
const existingTest = 'lib/core/formats/pe/existing-signatures.oracle.test.ts';
const readBackTest = 'lib/core/formats/pe/read-back.test.ts';

/** What upstream signed, and what is signed next to it. */
export const authenticode: Area = {
  name: 'authenticode',
  mutants: [
    ...guards('lib/core/formats/authenticode/verify-upstream.ts', upstreamTest, [
      ['if (other !== null)', 'if (false)', 'is refused unsigned, of a stranger'],
      ['if (unproven !== null) return unproven;', '', 'may carry SHA-1'],
    ]),
    ...guards('signer/inspector/child/upstream-trust.ts', upstreamTest, [
      ['time > now', 'false', 'is judged at the time of its timestamp'],
    ]),
    ...guards('lib/core/formats/pe/sign.ts', readBackTest, [
      ["existingSignature(sign) === 'refuse')", 'false)', 'a signed program is refused'],
      ['if (others === null) throw', 'if (false) throw', 'what was embedded has to be in its place'],
      [
        '!== signedLayout.checksumStated)',
        '!== signedLayout.checksumStated && false)',
        'a checksum that isn’t the file’s own is found out',
      ],
      ['if (!same) throw', 'if (false) throw', 'what was there before has to be there still'],
    ]),
    ...guards('lib/core/formats/pe/compare.ts', 'lib/core/formats/pe/embed.test.ts', [
      ['if (offset !== null) return', 'if (false) return', 'the comparison finds any other change'],
      ['if (padding.some((octet) => octet !== 0))', 'if (false)', 'the comparison finds any other change'],
    ]),
    ...guards('lib/core/formats/pe/compare.ts', 'lib/core/formats/pe/read-back-changes.test.ts', [
      ['if (table?.offset !== end)', 'if (false)', 'zeros more before the table is refused'],
    ]),
    ...guards('lib/core/formats/pe/existing-signatures.ts', existingTest, [
      [
        'if (runsInFirmware(layout)) return [...existing, added];',
        '',
        'accept what is added to the signature of a program',
      ],
    ]),
    ...guards('lib/core/formats/authenticode/options.ts', 'lib/core/artifact/unsupported.test.ts', [
      [
        "if (verify !== undefined && existing === 'refuse')",
        'if (false)',
        'what is verified can’t be refused',
      ],
    ]),
    ...guards('lib/core/formats/authenticode/signing.ts', readBackTest, [
      [
        'if (signerInfo.digestAlgorithm !== oids[roundHash(sign)])',
        'if (false)',
        'a signature by another hash',
      ],
      [
        'encapContentDer === null || Buffer.compare(encapContentDer, subject.content) !== 0',
        'false',
        'a signature about another program',
      ],
    ]),
    ...guards('lib/core/policy/upstream-roots.ts', 'lib/core/policy/upstream-roots.test.ts', [
      ['certificate?.ca !== true', 'certificate === null', 'are certificates of authorities'],
    ]),
    ...guards('lib/core/policy/find-effective-policy.ts', 'lib/core/policy/upstream-roots.test.ts', [
      [
        '...(roots.length === 0 ? {} : { upstreamRoots: roots.map(({ certificate }) => certificate) }),',
        '',
        'decide where a configuration verifies',
      ],
    ]),
  ],
};
