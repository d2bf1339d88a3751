import { expect, test } from 'vitest';
import { fileKinds, kindByContent, kindUnderName, maySign } from './index.ts';

const library = { kind: 'library', because: 'it has the DLL flag' } as const;
const program = { kind: 'program', because: 'it has none' } as const;

test('components signs libraries and nothing else, executables all kinds', () => {
  expect(fileKinds.filter((kind) => maySign('components', kind))).toEqual(['library']);
  expect(fileKinds.filter((kind) => maySign('executables', kind))).toEqual([...fileKinds]);
});

test('a program that carries an installer’s files is an installer; a library is none', () => {
  expect(kindByContent(program, ['zip archive', 'NSIS installer'])).toMatchObject({ kind: 'installer' });
  expect(kindByContent(program, ['zip archive'])).toBe(program);
  expect(kindByContent(library, ['NSIS installer'])).toBe(library);
});

test('a name makes no library of a program, but a program of a library that Windows would open', () => {
  for (const name of [
    'tool.exe',
    'a.SCR',
    'panel.cpl',
    'sheet.xll',
    'x.com',
    'driver.sys',
    'boot.efi',
    'module.msi',
  ]) {
    expect(kindUnderName(library, name)).toMatchObject({ kind: 'program' });
  }
  for (const name of ['tool.dll', 'watcher.node', 'module.msm', 'a.ocx', 'exe', 'readme.exe.dll', '']) {
    expect(kindUnderName(library, name)).toBe(library);
    expect(kindUnderName(program, name)).toBe(program);
  }
});
