import { expect, test } from 'vitest';
import type { ArtifactConfiguration } from '../generated/index.ts';
import { compileConfiguration, configurationProblems, signaturesOf } from './index.ts';

const openpgp = { method: 'openpgp' } as const;
const configuration = (root: ArtifactConfiguration['root']): ArtifactConfiguration => ({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root,
});
const rulesOf = (root: ArtifactConfiguration['root']) =>
  configurationProblems(configuration(root)).map(({ rule, path }) => `${rule} ${path.join('.')}`);
const contents = [{ type: 'pe' as const, path: '*.exe', detached: openpgp }];

test('a signature beside a file is one, in zip, tar and tar.gz', () => {
  for (const type of ['zip', 'tar', 'tar.gz'] as const) expect(rulesOf({ type, contents })).toEqual([]);
  const { elements } = compileConfiguration(configuration({ type: 'zip', contents }));
  const signatures = elements.flatMap(signaturesOf);
  expect(signatures).toHaveLength(1);
  expect(signatures).toMatchObject([
    { type: 'file', sign: { method: 'openpgp', outputFile: '${file.name}.asc' } },
  ]);
});

test('there is no place for it beside the artifact, and in containers that get no new files', () => {
  expect(rulesOf({ type: 'pe', detached: openpgp })).toEqual(['rule.signature-file root.detached']);
  expect(rulesOf({ type: 'cab', contents, sign: { method: 'authenticode' } })).toEqual([
    'rule.signature-file root.contents.0',
  ]);
});

test('an encoding of another method is refused at its line', () => {
  const detached = { method: 'raw', encoding: 'pem' } as const;
  const element = { type: 'pe' as const, path: 'a.exe', detached };
  expect(rulesOf({ type: 'zip', contents: [element] })).toEqual([
    'rule.sign-method root.contents.0.detached.encoding',
  ]);
});

test('every file of a set gets one', () => {
  const each = { type: 'pe' as const, detached: openpgp };
  const set = { type: 'set' as const, include: [{ path: 'a.exe' }, { path: 'b.exe' }], each };
  const { elements } = compileConfiguration(configuration({ type: 'zip', contents: [set] }));
  expect(elements.slice(1).map((element) => signaturesOf(element).length)).toEqual([1, 1]);
});

test('one beside a file that is inside changes the containers around it, too', () => {
  const inner = { type: 'zip' as const, path: 'tools.zip', contents };
  const { elements } = compileConfiguration(configuration({ type: 'msi', contents: [inner] }));
  expect(elements[0]?.check).toMatchObject({ repacked: true });
});
