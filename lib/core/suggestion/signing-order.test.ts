import { expect, it } from 'vitest';
import { compileConfiguration } from '../artifact/index.ts';
import type { ArtifactConfiguration } from '../generated/index.ts';
import { signingOrder } from './index.ts';

const sign = { method: 'authenticode' } as const;
const { elements } = compileConfiguration({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root: {
    type: 'zip',
    contents: [
      { type: 'pe', path: 'a.exe', sign },
      { type: 'file', path: 'SUMS', follows: 'checksums' },
      { type: 'file', path: 'ALL', follows: 'checksums' },
      { type: 'zip', path: 'z.zip', contents: [{ type: 'pe', path: 'i.exe', sign }] },
    ],
  },
} as unknown as ArtifactConfiguration);
const at = (path: string) => elements.find((element) => element.path === path)?.index ?? -1;
const list = (path: string, of: readonly string[]) => ({ path: [path], element: at(path), fields: [{ of }] });

it('is inside first, lists after what they list, and the container at the end', () => {
  const order = signingOrder(
    {
      signTargets: [
        { path: ['z.zip', 'i.exe'], element: at('i.exe') },
        { path: ['a.exe'], element: at('a.exe') },
      ],
      // One that lists another comes behind it, in whatever order they were found.
      follows: [list('ALL', ['SUMS', 'a.exe']), list('SUMS', ['a.exe', 'z.zip'])],
    },
    elements,
  );
  expect(order.map(({ does, path, lists }) => [does, path.join('/'), ...lists])).toEqual([
    ['sign', 'z.zip/i.exe'],
    ['rebuild', 'z.zip'],
    ['sign', 'a.exe'],
    ['follow', 'SUMS', 'a.exe', 'z.zip'],
    ['follow', 'ALL', 'SUMS', 'a.exe'],
    ['rebuild', ''],
  ]);
});

it('ends where lists list one another', () => {
  const order = signingOrder(
    { signTargets: [], follows: [list('ALL', ['SUMS']), list('SUMS', ['ALL', 'SUMS'])] },
    elements,
  );
  expect(order.filter(({ does }) => does === 'follow')).toHaveLength(2);
});
