/** Archives as an artifact configuration names them: opened and rebuilt. Of these, zip alone is signed, too, as `jar/` does it. */
import type { Container } from './container.ts';
import { defineFormat, type Format, type FormatType } from './format.ts';
import { tarContainer, tarGzipContainer } from './tar/index.ts';
import { zipContainer } from './zip/index.ts';

export type ArchiveType = Extract<FormatType, 'zip' | 'tar' | 'tar.gz'>;

function archive(type: Exclude<ArchiveType, 'zip'>, container: Container): Format {
  return defineFormat({
    type,
    words: { one: `a ${type} archive`, many: `${type} archives` },
    compile: () => ({ sign: null, check: null, problems: [] }),
    metadataKeys: [],
    facts: [],
    outside: [],
    describe: () => ({ sign: '', check: '' }),
    vouches: false,
    signs: [],
    identity: () => ({ texts: [], open: [] }),
    inspectUndeclared: () => Promise.resolve(null),
    inspect: () => Promise.resolve({ findings: [], facts: null, target: null }),
    rejudge: () => ({ findings: [], missing: null }),
    signing: null,
    container,
  });
}

export const containers: Readonly<Record<ArchiveType, Container>> = {
  zip: zipContainer,
  tar: tarContainer,
  'tar.gz': tarGzipContainer,
};

export const tarFormat = archive('tar', tarContainer);
export const tarGzipFormat = archive('tar.gz', tarGzipContainer);
