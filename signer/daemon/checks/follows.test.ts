/** The inspector offers lists to be written anew: which of them the daemon believes. */
import { describe, expect, it } from 'vitest';
import { compileConfiguration } from '#core/artifact/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { checkFollows } from './follows.ts';
import type { SignTarget } from './inspection.ts';

const { elements } = compileConfiguration({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root: {
    type: 'zip',
    contents: [
      { type: 'pe', path: '*.exe', sign: { method: 'authenticode' } },
      { type: 'file', path: 'SUMS', follows: { format: 'checksums' } },
      { type: 'file', path: 'notes.txt', sign: { method: 'cms' } },
    ],
  },
});
const sha256 = parseSha256Hex('a'.repeat(64));
const target = (type: 'pe' | 'file', element: number, ...path: readonly string[]): SignTarget => {
  const sign = elements[element]?.sign ?? null;
  if (sign === null) throw new Error('it isn’t signed');
  return {
    path,
    file: '',
    type,
    detached: false,
    unsignedSha256: sha256,
    sign,
    subject: null,
    kind: 'other',
  };
};
const targets = [
  target('pe', 1, 'app.exe'),
  target('file', 3, 'notes.txt'),
  target('pe', 1, 'in.zip', 'x.exe'),
];
const list = (of: string, element = 2, path: readonly string[] = ['SUMS']) => ({
  path,
  file: 'list',
  element,
  sha256,
  sizeBytes: 1,
  fields: [{ start: 0, end: 1, line: 1, label: '', of: [of] }],
});

describe('lists that follow', () => {
  it('are those of the configuration, about what signing changes beside them', () => {
    expect(checkFollows([list('app.exe')], targets, elements)).toMatchObject([
      { format: 'checksums', path: ['SUMS'] },
    ]);
    expect(checkFollows([list('in.zip')], targets, elements)).toHaveLength(1);
    expect(checkFollows([list('SUMS', 2, ['ALL']), list('app.exe')], targets, elements)).toHaveLength(2);
  });

  it.each([
    ['that the configuration doesn’t name', list('app.exe', 1)],
    ['of an element that doesn’t exist', list('app.exe', 9)],
    ['that is the artifact', list('app.exe', 2, [])],
    ['about a file that nothing changes', list('other.exe')],
    ['about a file that is released as it is, with its signature beside it', list('notes.txt')],
    ['about a file in another container', list('x.exe')],
    ['in another container than what it is about', list('app.exe', 2, ['in.zip', 'SUMS'])],
  ])('%s are not believed', (_, offered) => {
    expect(() => checkFollows([offered], targets, elements)).toThrow(Unavailable);
  });
});
