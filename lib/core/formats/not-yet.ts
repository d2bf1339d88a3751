/** Types that artifact configurations can name and this version of the signer can neither open nor sign. */
import { defineFormat, unsupported, type BodyProblem, type Format, type FormatType } from './format.ts';
import type { SignedContent } from './signed-content/index.ts';

interface NotYet {
  /** The only method that such files can be signed by. */
  readonly method?: string;
  /** What others sign such files by can be put around a file that is signed here. */
  readonly signs?: readonly SignedContent[];
}

/** `name`: such files in a sentence, `Java archives (jar)`. */
export function notYet(type: FormatType, name: string, { method, signs = [] }: NotYet = {}): Format {
  return defineFormat<FormatType, object, object>({
    type,
    words: { one: `one of ${name}`, many: name },
    compile(body) {
      const signed = 'sign' in body ? body.sign : undefined;
      const verb = signed !== undefined ? 'sign' : 'contents' in body ? 'open' : 'check';
      const fix = 'Use `type: file` if it is enough that the file is scanned and released unchanged.';
      const problems: BodyProblem[] = [unsupported(['type'], `${verb} ${name}`, fix)];
      if (method !== undefined && signed !== undefined && signed.method !== method) {
        problems.unshift({
          rule: 'rule.sign-method',
          path: ['sign', 'method'],
          message: `Files of type ${type} can’t be signed by method ${signed.method}.`,
          fix: `Write \`${method}\`.`,
        });
      }
      return { sign: null, check: null, problems };
    },
    metadataKeys: [],
    facts: [],
    outside: [],
    describe: () => ({ sign: '', check: '' }),
    vouches: false,
    signs,
    identity: () => ({ texts: [], open: [] }),
    inspectUndeclared: () => Promise.resolve(null),
    inspect: () => Promise.resolve({ findings: [], facts: null, target: null }),
    rejudge: () => ({ findings: [], missing: null }),
    signing: null,
    container: null,
  });
}
