import { guards, type Area } from '../mutant.ts';

const fill = 'lib/core/artifact/fill-parameters.ts';
const fillTest = 'lib/core/artifact/fill-parameters.test.ts';

/** Values that requests give: text that matches itself, as the policy says, and as people approved it. */
export const parameters: Area = {
  name: 'parameters',
  mutants: [
    ...guards('lib/core/wire/parameters/index.ts', 'lib/core/wire/parameters/parameters.test.ts', [
      ['if (!valuePattern.test(value)) {', 'if (false) {', 'is never a wildcard'],
      [
        "return /^\\.+$/.test(value) ? 'it consists of dots alone' : null;",
        'return null;',
        'is never a step up',
      ],
      [
        "if (value !== value.trim()) return 'it begins or ends with a space';",
        '',
        'is never a space at the end',
      ],
      ['if (!namePattern.test(name)) {', 'if (false) {', 'are refused where they are'],
      ['if (characters > parametersCharactersMax) {', 'if (false) {', 'are refused where they are'],
    ]),
    ...guards(fill, fillTest, [
      ['...unknownNames(open, values),', '', 'are refused where they are missing, not asked for'],
      [
        'if (wrong === null && fitsPattern(pattern, value)) return [];',
        'if (wrong === null) return [];',
        'are refused where they are missing, not asked for',
      ],
      [
        'if (wrong === null && fitsPattern(pattern, value)) return [];',
        'if (fitsPattern(pattern, value)) return [];',
        'are refused where they are missing, not asked for',
      ],
      [
        'return unusable.length > 0',
        'return false',
        'are refused where the result would be no configuration',
      ],
    ]),
    ...guards('lib/core/artifact/compile.ts', fillTest, [
      [
        'if (missing === undefined) return compileAsWritten(configuration);',
        'return compileAsWritten(configuration);',
        'nothing is compiled for a file before they are filled in',
      ],
    ]),
    ...guards('lib/core/artifact/expand.ts', fillTest, [
      ['if (misplaced !== null) refuse(', 'if (false) refuse(', 'never say'],
      [
        '?? widens(key, expanded, least + text.slice(end))',
        '',
        'never leave a pattern that is wider without them',
      ],
    ]),
    ...guards('lib/core/artifact/parameters.ts', fillTest, [
      [
        'pattern !== undefined || (required === true && value === undefined)',
        'true',
        'what the policy says for itself no request replaces',
      ],
    ]),
    ...guards('lib/core/artifact/several-directories.ts', 'lib/core/artifact/sets-and-directories.test.ts', [
      [
        'return within(number, element) ? [] : [{',
        'return true ? [] : [{',
        'are each counted for themselves',
      ],
      [
        'within(count, directory) ? [] : [{',
        'true ? [] : [{',
        'are counted themselves, in each directory around them',
      ],
      ['if (directory.max !== 1) return true;', 'if (false) return true;', 'are each counted for themselves'],
    ]),
    ...guards('lib/core/approval/count.ts', 'lib/core/approval/count.test.ts', [
      [
        "key === 'parameters' ? sameParameters(a.parameters, b.parameters) : ",
        "key === 'parameters' ? true : ",
        'counts for exactly the parameters of the request',
      ],
    ]),
    ...guards('signer/daemon/checks/policy.ts', 'signer/daemon/checks/policy.test.ts', [
      [
        'configuration: filled.value,',
        'configuration: effective.artifactConfiguration,',
        'are filled into the configuration',
      ],
      ['findings.push(...filled.findings);', '', 'are refused where one is'],
    ]),
  ],
};
