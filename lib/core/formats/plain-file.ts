/** A file of any kind: scanned and released unchanged. */
import { defineFormat, unsupported } from './format.ts';

export const plainFile = defineFormat({
  type: 'file',
  words: { one: 'a file of any kind', many: 'files of any kind' },
  compile: (body) => ({
    sign: null,
    check: null,
    problems:
      body.sign === undefined
        ? []
        : [
            unsupported(
              ['sign', 'method'],
              `sign plain files (${body.sign.method})`,
              'Remove `sign`: the file is scanned and released unchanged.',
            ),
          ],
  }),
  metadataKeys: [],
  describe: () => ({ sign: '', check: '' }),
  vouches: false,
  identity: () => ({ texts: [], open: [] }),
  inspectUndeclared: () => Promise.resolve(null),
  inspect: () => Promise.resolve({ findings: [], facts: null, target: null }),
  rejudge: () => ({ findings: [], missing: null }),
  signing: null,
  container: null,
});
