import { describe, expect, test } from 'vitest';
import type { ArtifactConfiguration, RootElement } from '../generated/index.ts';
import { failures } from '../wire/finding/index.ts';
import { checkCounts, compileConfiguration, configurationProblems, unexpectedEntry } from './index.ts';

const configuration = (root: RootElement): ArtifactConfiguration => ({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root,
});

const nested = configuration({
  type: 'tar.gz',
  contents: [
    { type: 'pe', path: 'package/esbuild.exe', sign: { method: 'authenticode' } },
    {
      type: 'zip',
      path: 'package/*.zip',
      matches: { min: 0, max: 2 },
      contents: [{ type: 'pe', path: '**/*.exe', matches: { min: 1, max: 'unbounded' } }],
    },
    { type: 'file', path: 'package/**', matches: { min: 0, max: 'unbounded' } },
  ],
});

describe('matching', () => {
  const matcher = compileConfiguration(nested);

  test('numbers the elements in reading order and knows their places', () => {
    expect(matcher.elements.map((element) => [element.index, element.parent, element.pointer])).toEqual([
      [0, null, '/root'],
      [1, 0, '/root/contents/0'],
      [2, 0, '/root/contents/1'],
      [3, 2, '/root/contents/1/contents/0'],
      [4, 0, '/root/contents/2'],
    ]);
    expect(JSON.parse(JSON.stringify(matcher.elements))).toEqual(matcher.elements);
  });

  test('the first element that matches decides', () => {
    expect(matcher.matchEntry(0, 'package/esbuild.exe')?.index).toBe(1);
    expect(matcher.matchEntry(0, 'package/other.exe')?.index).toBe(4);
    expect(matcher.matchEntry(0, 'package/a.zip')?.index).toBe(2);
  });

  test('an entry that nothing expects matches nothing', () => {
    expect(matcher.matchEntry(0, 'esbuild.exe')).toBeNull();
    expect(matcher.matchEntry(2, 'readme.txt')).toBeNull();
    expect(matcher.matchEntry(1, 'package/esbuild.exe')).toBeNull();
  });

  test('exactly one file is expected by default', () => {
    expect([matcher.elements[1]?.min, matcher.elements[1]?.max]).toEqual([1, 1]);
    expect([matcher.elements[3]?.min, matcher.elements[3]?.max]).toEqual([1, null]);
  });
});

describe('counts', () => {
  const matcher = compileConfiguration(nested);
  const locations = { '/root/contents/0': { file: 'a.yaml', line: 7, column: 5 } };
  const context = { matcher, container: 0, containerPath: [], locations };

  test('passes when every element matched as often as it should', () => {
    const findings = checkCounts({ ...context, counts: new Map([[1, 1]]), paths: [] });
    expect(findings.map((finding) => finding.outcome)).toEqual(['pass', 'pass', 'pass']);
  });

  test('refuses a missing file, names the policy line and where the file is instead', () => {
    const [finding, ...more] = failures(
      checkCounts({ ...context, counts: new Map(), paths: ['esbuild.exe', 'readme'] }),
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      rule: 'artifact.count',
      expected: 'exactly 1 file',
      found: '0 files',
      policy: { file: 'a.yaml', line: 7, column: 5 },
    });
    expect(finding?.fix).toContain('`esbuild.exe`');
  });

  test('refuses surplus files', () => {
    const counts = new Map([
      [1, 1],
      [2, 3],
    ]);
    const [finding] = failures(checkCounts({ ...context, counts, paths: [] }));
    expect(finding?.message).toBe('`package/*.zip` should match at most 2 files, but matches 3 files.');
  });

  test('an unexpected entry is refused, with the path where its name is expected', () => {
    const finding = unexpectedEntry({ ...context, pathInContainer: 'dist/ESBUILD.exe' });
    expect(finding).toMatchObject({
      rule: 'artifact.unexpected',
      outcome: 'fail',
      path: ['dist/ESBUILD.exe'],
    });
    expect(finding.fix).toContain('`package/esbuild.exe`');
  });
});

describe('problems that a schema cannot see', () => {
  const problems = (root: RootElement) =>
    configurationProblems(configuration(root)).map((configurationProblem) => configurationProblem.rule);

  test('none in a good configuration', () => {
    expect(configurationProblems(nested)).toEqual([]);
  });

  test('refuses a configuration that signs nothing', () => {
    expect(problems({ type: 'file' })).toEqual(['rule.nothing-signed']);
  });

  test('refuses bounds that contradict each other, bad patterns and elements that can never match', () => {
    const sign = { method: 'authenticode' } as const;
    expect(
      problems({
        type: 'zip',
        contents: [
          { type: 'pe', path: 'a.exe', matches: { min: 3, max: 2 }, sign },
          { type: 'file', path: 'A.EXE' },
          { type: 'file', path: 'x**y' },
        ],
      }),
    ).toEqual(['rule.matches', 'rule.pattern', 'rule.shadowed']);
  });
});
