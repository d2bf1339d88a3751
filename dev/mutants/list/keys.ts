import { guards, type Area } from '../mutant.ts';

/** Kinds of keys: who takes which, and what a token gives for them. */
export const keys: Area = {
  name: 'keys',
  mutants: [
    ...guards('signer/keyholder/token/mechanisms.ts', 'signer/keyholder/token/mechanisms.test.ts', [
      ['if (raw.length !== 2 * orderBytes) {', 'if (false) {', 'refuses an answer of another length'],
      ['if (r === 0n || s === 0n)', 'if (false)', 'refuses an answer whose r is 0'],
      [
        'digestOf(bytes, hash).subarray(0, orderBytes)',
        'digestOf(bytes, hash)',
        'gives other tokens the digest, of one that is longer',
      ],
    ]),
    ...guards('signer/daemon/checks/key-types.ts', 'signer/daemon/checks/key-types.test.ts', [
      [
        'if (type !== null && taken.includes(type)) return [];',
        'if (type !== null) return [];',
        'is refused before anything is signed where NuGet',
      ],
    ]),
    ...guards('signer/daemon/grant/index.ts', 'signer/daemon/grant/mint-grant.test.ts', [
      [
        'type !== null && takes.includes(type)',
        'true',
        'is refused for a key that no verifier of the format takes',
      ],
    ]),
    ...guards('lib/core/pki/x509/lint/rules.ts', 'lib/core/pki/x509/issue-certificate.test.ts', [
      ['if (signsFiles.includes(kind) && ', 'if (', 'refuses a key on a curve for'],
    ]),
  ],
};
