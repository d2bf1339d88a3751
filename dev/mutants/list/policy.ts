import { guards, type Area } from '../mutant.ts';

const counting = 'lib/core/policy/acceptance/count-signatures.ts';
const countingTest = 'lib/core/policy/acceptance/count-signatures.test.ts';
const needed = 'lib/core/policy/plan/required-signatures.ts';
const neededTest = 'lib/core/policy/plan/required-signatures.test.ts';
const head = 'signer/policy-source/judge-head.ts';

/** Whose signatures turn a commit into policy. */
export const policy: Area = {
  name: 'policy',
  mutants: [
    ...guards('lib/policy-tools/edit/edit-policy-file.ts', 'lib/policy-tools/edit/edited-meaning.test.ts', [
      ['writeOutAliases(document, path);', '', 'says after an edit what was meant'],
      ['says(result, meant) ?', 'true ?', 'is left alone where it can’t say what was meant'],
    ]),
    ...guards('lib/policy-tools/edit/edit-policy-file.ts', 'lib/policy-tools/edit/edited-lines.test.ts', [
      [
        "text.split('\\n'))?.join('\\n') ?? edited",
        "text.split('\\n')) === null ? text : edited",
        'changes the lines that say',
      ],
    ]),
    ...guards(
      'lib/policy-tools/signpath/convert-policy.ts',
      'lib/policy-tools/signpath/import-policy.test.ts',
      [
        [
          'const isStricter = !value && base !== null',
          'const isStricter = false && base !== null',
          'keeps whatever the file doesn’t ask for',
        ],
        [
          'const more = addRulesOf(kept, rules);',
          'const more: string[] = [];',
          'stays as it is where the file says',
        ],
        [
          "    base?.provider === 'gitlab'\n      ? gitlabOriginLines",
          '    base === undefined\n      ? gitlabOriginLines',
          'becomes GitLab’s own lines where they mean the same',
        ],
      ],
    ),
    ...guards('signer/policy-source/snapshots.ts', 'signer/policy-source/policy-source.git.test.ts', [
      [
        'const read = wasAccepted ? loadAccepted : loadSnapshot;',
        'const read = loadSnapshot;',
        'refuses only the project whose accepted files break a rule of today',
      ],
      [
        'const read = wasAccepted ? loadAccepted : loadSnapshot;',
        'const read = loadAccepted;',
        'refuses only the project whose accepted files break a rule of today',
      ],
    ]),
    ...guards('lib/core/policy/find-effective-policy.ts', 'lib/core/policy/own-keys.test.ts', [
      [
        'if (broken !== undefined) return',
        'if (false) return',
        'of a commit that was accepted before, it refuses the one project',
      ],
    ]),
    ...guards('lib/core/yaml/duplicate-keys.ts', 'lib/core/policy/read-yaml.test.ts', [
      ['if (isRepeated(pair, seen))', 'if (false)', 'are all told, wherever they stand'],
    ]),
    ...guards('lib/core/policy/parse-policy-file.ts', 'lib/core/policy/parse-policy-file.test.ts', [
      ['.slice(0, errorsMax);', '.slice();', 'a file with thousands of mistakes is refused soon'],
    ]),
    ...guards('lib/core/policy/read-yaml.ts', 'lib/core/policy/read-yaml.test.ts', [
      ['uniqueKeys: false,', 'uniqueKeys: true,', 'are found without comparing each key with each'],
    ]),
    ...guards(counting, countingTest, [
      [
        'const counted = signers.filter((signer) => !required.leaving.includes(signer));',
        'const counted = signers;',
        'counts nobody whom the change lets go',
      ],
      [
        'if (unproven !== undefined && needed < 2) {',
        'if (false) {',
        'asks for two where no key proves who wrote',
      ],
      [
        'if (counted.length > 0 && alone && counted.length + 1 > needed) {',
        'if (false) {',
        'is not content with the writer alone',
      ],
      [
        'enough: counted.length >= needed,',
        'enough: counted.length > 0,',
        'asks for two where no key proves who wrote',
      ],
    ]),
    ...guards('lib/core/policy/acceptance/writers.ts', 'lib/core/policy/acceptance/writers.test.ts', [
      ['proven: signers.length > 0 }', 'proven: handles.size > 0 }', 'names people by the numeric id'],
    ]),
    ...guards('signer/policy-source/judge-head.ts', 'signer/policy-source/one-key.git.test.ts', [
      [
        'if (await haveSameFiles(clone, accepted, head)) return [];',
        'if (head !== accepted) return [];',
        'does not pass what it wrote off as somebody else’s',
      ],
    ]),
    ...guards(needed, neededTest, [
      ["effect === 'loosens' ? loosening : 0,", '0,', 'asks for the higher one where anything loosens'],
      ['guards.length > 0 ? guarded : 0,', '0,', 'asks two people where a guard strikes'],
      [
        'revocations.length > 0 ? Math.min(revocationSignaturesMin, able) : 0,',
        '0,',
        'asks two people for a revocation',
      ],
      [
        'looseningThreshold ?? Math.min(looseningSignaturesDefault, able)',
        'looseningThreshold ?? 0',
        'takes a missing looseningThreshold for two',
      ],
    ]),
    ...guards('signer/policy-source/date.ts', 'signer/policy-source/date.test.ts', [
      ['if (date === null) return', 'if (date === null && now === null) return', 'must be readable'],
      [
        'if (date.getTime() > now.getTime() + aheadMillisecondsMax) {',
        'if (false) {',
        'is at most ten minutes ahead',
      ],
      [
        'if (earliest !== null && date < earliest) {',
        'if (floor === date) {',
        'is not before that of the commit',
      ],
      [
        'accepted === null || accepted.getTime() > now.getTime() + aheadMillisecondsMax ? null : accepted',
        'accepted',
        'is not blocked by a first commit that is dated in the future',
      ],
    ]),
    ...guards(head, 'signer/policy-source/policy-source.git.test.ts', [
      [
        'if (await hasHistoryWithout(clone, accepted, head)) return rewritten(clone, accepted, head);',
        '',
        'refuses rewritten history',
      ],
      [
        'if (!vouched.ok) return vouched;',
        'if (!vouched.ok) return { ok: true, signers: [] };',
        'stays at the last accepted',
      ],
    ]),
    ...guards(head, 'signer/policy-source/signatures.git.test.ts', [
      ['if (count.enough) return', 'if (count.counted.length > 0) return', 'two for a change that loosens'],
    ]),
    ...guards('lib/core/policy/fields/origin.ts', 'lib/core/policy/check-floors.test.ts', [
      ['floor[name] !== value ||', '', 'apply to policies of their purpose only'],
    ]),
    ...guards('lib/core/origin/github/floors.ts', 'lib/core/policy/check-floors.test.ts', [
      ['refs.branches === undefined &&', '', 'refs: tags: names the policy’s line'],
    ]),
    ...guards('lib/core/policy/check-project.ts', 'lib/core/policy/provider.test.ts', [
      ['if (mismatch !== null) {', 'if (false) {', 'are refused where they are of two providers'],
    ]),
    ...guards('lib/core/policy/plan/judge-field.ts', 'lib/core/policy/provider.test.ts', [
      [
        'is !== null && was !== is',
        'is !== null && false',
        'loosens, whatever the lines themselves would say',
      ],
    ]),
    ...guards('lib/core/policy/check-floors.ts', 'lib/core/policy/check-floors.test.ts', [
      ['requiring === undefined ? found', 'true ? found', 'a floor that is about origins asks for one'],
    ]),
    ...guards('lib/core/policy/fields/origin-age.ts', 'lib/core/policy/check-floors.test.ts', [
      ['(origin?.[key] ?? hours) <= hours', 'true', 'maximumAgeHours: 24: names the policy’s line'],
    ]),
    ...guards(head, 'signer/policy-source/age.git.test.ts', [
      [
        'if (problem !== null) return',
        'if (problem === "") return',
        'can’t be in the future, or before the policy it follows',
      ],
    ]),
  ],
};
