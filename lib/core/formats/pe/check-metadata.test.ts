import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failures } from '../../wire/finding/index.ts';
import type { PeVersion } from './version/index.ts';
import type { PeMetadata } from '../../generated/index.ts';
import { parseSha256Hex } from '../../ids/index.ts';
import { checkMetadata } from './check-metadata.ts';
import { matchesText } from '../match-text.ts';

type Tables = Readonly<Record<string, Readonly<Record<string, string>>>>;

const version = (tables: Tables, goProgram = false): PeVersion => ({
  goProgram,
  resources: [
    {
      language: 0x409,
      fixed: { fileVersion: '1.2.3.0', productVersion: '1.2.0.0' },
      tables: Object.entries(tables).map(([translation, strings]) => ({
        translation,
        strings: new Map(Object.entries(strings)),
      })),
    },
  ],
});

const policy = { file: 'windows.yaml', line: 7, column: 5 };
const check = (metadata: PeMetadata, said: PeVersion) =>
  checkMetadata({ metadata, version: said, policy, path: ['a.exe'], sha256: parseSha256Hex('0'.repeat(64)) });

describe('metadata of a program', () => {
  test('passes if every language states what is required, exactly or by pattern', () => {
    const said = version({ '040904b0': { ProductName: 'Widget', ProductVersion: '1.2' } });
    const findings = check({ productName: 'Widget', productVersion: '1.*' }, said);
    expect(findings.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      'pe.metadata pass',
      'pe.metadata pass',
    ]);
  });

  test('refuses another value and says what is required, what was found and how to fix it', () => {
    const said = version({ '040904b0': { LegalCopyright: 'Somebody' } });
    expect(check({ copyright: 'Copyright * Example' }, said)).toEqual([
      {
        rule: 'pe.metadata',
        outcome: 'fail',
        message: 'The program states LegalCopyright "Somebody"; "Copyright * Example" is required.',
        expected: 'LegalCopyright "Copyright * Example"',
        found: '"Somebody"',
        fix: 'Set LegalCopyright in the program’s version resource, or change `metadata.copyright`.',
        policy,
        path: ['a.exe'],
        sha256: '0'.repeat(64),
      },
    ]);
  });

  test('refuses a value that only one of the languages has', () => {
    const said = version({ '040904b0': { ProductName: 'Widget' }, '040704b0': { CompanyName: 'x' } });
    const [finding] = failures(check({ productName: 'Widget' }, said));
    expect(finding?.message).toBe(
      'The program states no ProductName in language 040704b0; "Widget" is required.',
    );
    expect(finding?.found).toBe('"Widget" (040904b0), nothing (040704b0)');
  });

  test('reports languages and numbers that disagree although they match', () => {
    const said = version({ '040904b0': { FileVersion: '1.2.3' }, '040704b0': { FileVersion: '1.2.4' } });
    const findings = check({ fileVersion: '1.2.*' }, said);
    expect(findings.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      'pe.metadata pass',
      'pe.metadata-differs info',
    ]);
    const numbers = check(
      { productVersion: '2.0-beta' },
      version({ '040904b0': { ProductVersion: '2.0-beta' } }),
    );
    expect(numbers.map(({ rule }) => rule)).toEqual(['pe.metadata', 'pe.metadata-differs']);
    expect(numbers[1]?.message).toContain('1.2.0.0');
  });

  test('refuses a program without metadata, and explains it for a Go program', () => {
    const nothing = (goProgram: boolean) => check({ productName: 'Widget' }, { resources: [], goProgram });
    expect(nothing(false)).toMatchObject([
      { outcome: 'fail', expected: 'ProductName "Widget"', found: 'no version resource' },
    ]);
    expect(nothing(true)[0]?.message).toContain('the Go linker doesn’t create one');
    expect(nothing(true)[0]?.fix).toContain('goversioninfo');
    expect(check({ productName: 'Widget' }, version({}))[0]?.found).toBe(
      'a version resource without any text',
    );
  });

  test('shows hostile text shortened and escaped', () => {
    const said = version({ '040904b0': { ProductName: `\u001b[31m${'x'.repeat(10_000)}` } });
    const [finding] = check({ productName: 'Widget' }, said);
    expect(finding?.found).toMatch(/^"\\u001b/);
    expect(finding?.found?.length).toBeLessThan(200);
  });
});

describe('text patterns', () => {
  test.each([
    ['', '', true],
    ['*', '', true],
    ['a*', 'a', true],
    ['a*a', 'a', false],
    ['*.exe', 'widget.exe', true],
    ['1.*.3', '1.2.2.3', true],
    ['a*b*c', 'acb', false],
    ['a?', 'ab', false],
    ['Widget', 'widget', false],
  ])('%j against %j: %s', (pattern, text, expected) => {
    expect(matchesText(pattern, text)).toBe(expected);
  });

  test('answer as a regular expression would', () => {
    const letters = fc.stringMatching(/^[ab*]{0,8}$/);
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab]{0,12}$/), (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
        expect(matchesText(pattern, text)).toBe(expected);
      }),
    );
  });
});
