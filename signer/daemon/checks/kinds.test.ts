import { expect, test } from 'vitest';
import type { FileKind } from '#core/formats/kind/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import type { SignTarget } from '../../inspector/index.ts';
import { checkKinds } from './kinds.ts';

const line = { file: 'projects/widget/project.yaml', line: 14, column: 1 };
const inProgram = (program: EffectivePolicy['project']['program']) => ({
  project: { program } as EffectivePolicy['project'],
  locateProject: () => line,
});
const target = (kind: FileKind, ...path: readonly string[]): SignTarget => ({
  path,
  leafFile: 'x',
  element: 0,
  detached: false,
  unsignedSha256: parseSha256Hex('a'.repeat(64)),
  sizeBytes: 1,
  kind: { kind, because: 'its header says so' },
  subject: null,
});

test('components refuses what users start, and names file, line and fix', () => {
  const targets = [target('library', 'a.zip', 'lib/a.dll'), target('program', 'a.zip', 'bin/setup.exe')];
  const { kinds, findings } = checkKinds(inProgram('components'), targets, 'a.zip');
  expect(kinds).toEqual(['library', 'program']);
  expect(findings.map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
  expect(findings[1]).toMatchObject({
    rule: 'inspection.kind',
    policy: line,
    path: ['a.zip', 'bin/setup.exe'],
  });
  expect(findings[1]?.message).toBe(
    'setup.exe is a program (its header says so). This project is in the program components, which signs libraries that other programs load, and nothing that users start or install.',
  );
  expect(findings[1]?.fix).toContain('apply for the program executables');
});

test('components refuses a library with a program’s name', () => {
  const refused = (signTarget: SignTarget, name: string) =>
    checkKinds(inProgram('components'), [signTarget], name).findings.map(({ outcome }) => outcome);
  expect(refused(target('library', 'lib/panel.cpl'), 'a.zip')).toEqual(['fail']);
  expect(refused(target('library'), 'panel.cpl')).toEqual(['fail']);
  expect(refused(target('library'), 'panel.dll')).toEqual(['pass']);
});

test('executables signs all kinds', () => {
  const targets = [target('library', 'a.dll'), target('program', 'a.exe'), target('installer', 'setup.exe')];
  const { findings } = checkKinds(inProgram('executables'), targets, 'a.zip');
  expect(findings.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass']);
});
