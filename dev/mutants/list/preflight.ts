import { guards, type Area } from '../mutant.ts';

/** What the words of refusals, and trying a file out before it is submitted, may cost and show. */
export const preflight: Area = {
  name: 'preflight',
  mutants: [
    ...guards('cli/read-bounded.ts', 'cli/read-bounded.test.ts', [
      ['if (bytes.length > bytesMax)', 'if (false)', 'reads a file up to the limit, and none beyond it'],
    ]),
    ...guards('lib/core/artifact/near-misses.ts', 'lib/core/artifact/near-misses.test.ts', [
      ['return this.#left >= 0;', 'return true;', 'costs a bounded amount of work, in all searches together'],
      [
        'glob.matches(path) && isFree(path)',
        'glob.matches(path)',
        'takes no file that another element takes',
      ],
    ]),
    ...guards('signer/inspector/child/hints.ts', 'signer/inspector/near-misses.test.ts', [
      ['this.#types === 0 ||', '', 'a hostile artifact gets no more than twenty such hints'],
    ]),
    ...guards('signer/inspector/examine-unknown.ts', 'signer/inspector/examine-unknown.test.ts', [
      [
        'shut.add(keyOf(path));',
        '',
        'an installer whose contents can’t be listed, or that has nothing to sign in it, is signed as a whole',
      ],
    ]),
    ...guards('lib/core/suggestion/treatment.ts', 'signer/inspector/examine-unknown.test.ts', [
      [
        'return own.isOwnJar(file)',
        'return own !== null',
        'Java archives and packages in an archive are signed by their own formats, those of others aren’t',
      ],
    ]),
    ...guards('signer/inspector/unopened-finding.ts', 'cli/preflight/preflight.process.test.ts', [
      [
        '...unopened.flatMap((one) => one ?? [])',
        '',
        'refuses what the signer would, with line and fix, also what can’t be looked into; as JSON too',
      ],
    ]),
    ...guards('lib/core/suggestion/cover.ts', 'lib/core/suggestion/suggest.test.ts', [
      [
        ' || others.some((item) => !isMine.has(item))',
        '',
        'has no pattern that takes a file which is treated otherwise',
      ],
    ]),
    ...guards('lib/core/suggestion/suggest.ts', 'lib/core/suggestion/suggest.test.ts', [
      [
        '!isSameAs(literal, tried, root)',
        'false',
        'leaves a version in a name where a pattern would take other files',
      ],
    ]),
    ...guards('lib/core/suggestion/metadata.ts', 'lib/core/suggestion/suggest.test.ts', [
      [
        "text !== '' && !/[\\p{C}\\p{Zl}\\p{Zp}]/u.test(text)",
        "text !== ''",
        'takes no text over from a file that its readers would not see as it is: ',
      ],
    ]),
    ...guards('lib/core/suggestion/write.ts', 'lib/core/suggestion/suggest.test.ts', [
      [
        "const unfinishedReason = 'TODO';",
        "const unfinishedReason = 'to be written later';",
        'doesn’t validate until somebody has written why a file can’t be looked into',
      ],
    ]),
  ],
};
