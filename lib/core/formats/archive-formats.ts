/** Archives as an artifact configuration names them: opened and rebuilt, never signed themselves. */
import type { Container } from './container.ts';
import { defineFormat, unsupported, type Format, type FormatType } from './format.ts';
import { tarContainer, tarGzipContainer } from './tar/index.ts';
import { zipContainer } from './zip/index.ts';

export type ArchiveType = Extract<FormatType, 'zip' | 'tar' | 'tar.gz'>;

function archive(type: ArchiveType, container: Container): Format {
  return defineFormat({
    type,
    words: { one: `a ${type} archive`, many: `${type} archives` },
    compile(body) {
      const problems = 'sign' in body ? [signedAsJar] : [];
      return { sign: null, check: null, problems };
    },
    metadataKeys: [],
    describe: () => ({ sign: '', check: '' }),
    vouches: false,
    identity: () => ({ texts: [], open: [] }),
    inspectUndeclared: () => Promise.resolve(null),
    inspect: () => Promise.resolve({ findings: [], facts: null, target: null }),
    rejudge: () => ({ findings: [], missing: null }),
    signing: null,
    container,
  });
}

const signedAsJar = unsupported(
  ['sign', 'method'],
  'sign zip files as Java archives',
  'Remove `sign` from the element.',
);

export const containers: Readonly<Record<ArchiveType, Container>> = {
  zip: zipContainer,
  tar: tarContainer,
  'tar.gz': tarGzipContainer,
};

export const zipFormat = archive('zip', containers.zip);
export const tarFormat = archive('tar', containers.tar);
export const tarGzipFormat = archive('tar.gz', containers['tar.gz']);
