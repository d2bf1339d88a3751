import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findingAnnotations } from '../annotations.ts';
import { escapeMarkdown, summaryOf, type SummaryFacts } from '../summary.ts';
import { inInputs } from '../in-inputs.ts';
import { annotation, cut, logLine, masks } from './commands.ts';

const client = path.join(import.meta.dirname, '../../cli/client');

const finding = {
  rule: 'origin.ref',
  outcome: 'fail',
  message: 'The branch isn’t allowed.',
  expected: 'tag v*',
  found: 'refs/heads/x',
  fix: 'Tag the commit.',
  policy: { file: 'projects/a/policies/b.yaml', line: 7 },
  path: ['a.zip', 'b.exe'],
};

describe('an annotation', () => {
  it('carries the words with what means something to the runner escaped', () => {
    expect(annotation('error', 'a:b,c', '100%\n::set-output name=x::y')).toBe(
      '::error title=a%3Ab%2Cc::100%25%0A::set-output name=x::y',
    );
  });

  it('has as many characters as are kept, and none of them halved', () => {
    const [, , message = ''] = annotation('error', 't', '😀'.repeat(4000)).split('::');
    expect(message.length).toBeLessThanOrEqual(4096);
    expect(message.isWellFormed()).toBe(true);
    expect(cut('😀😀', 2)).toBe('…');
  });

  it('stands for each finding; of more than ten, the last one says where the rest are', () => {
    const url = 'https://sign.example/requests/1';
    const all = (count: number, total = count) =>
      findingAnnotations(
        Array.from({ length: count }, () => finding),
        { kind: 'error', total, url },
      );
    expect(all(1)).toEqual([
      '::error title=Countersign%3A origin.ref::The branch isn’t allowed.%0AFile: a.zip › b.exe%0AExpected: tag v*%0AFound: refs/heads/x%0AAsked for by: projects/a/policies/b.yaml, line 7%0ATo do: Tag the commit.',
    ]);
    expect(all(10)).toHaveLength(10);
    expect(all(30)).toHaveLength(10);
    expect(all(30).at(-1)).toContain(`21 more: ${url}`);
    expect(all(5, 300).at(-1)).toContain('295 more');
  });
});

describe('a line of the log', () => {
  it.each([
    ['::add-mask::a', ': :add-mask::a'],
    ['  ::debug::a', '  : :debug::a'],
    ['a\n::error::b', 'a ::error::b'],
    ['x ##[command]y', 'x # #[command]y'],
    ['a: b', 'a: b'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
  ])('is no command: %j', (text, line) => {
    expect(logLine(text)).toBe(line);
  });

  it('hides each line of a secret', () => {
    expect(masks('one\ntwo%\n')).toEqual(['::add-mask::one', '::add-mask::two%25']);
  });
});

it('what the client says of options is said of inputs', () => {
  for (const file of globSync('*.ts', { cwd: client }).filter((name) => !/[.](?:test|fixture)[.]/.test(name)))
    for (const [line] of readFileSync(path.join(client, file), 'utf8').matchAll(
      /.*(?:--[a-z]|COUNTERSIGN_(?:URL|TOKEN)).*/g,
    ))
      expect(inInputs(line), file).not.toMatch(/--[a-z]|COUNTERSIGN_(?:URL|TOKEN)/);
  expect(inInputs('Set --url or COUNTERSIGN_URL.')).toBe('Set the input portal.');
});

describe('the summary', () => {
  const facts: SummaryFacts = {
    portal: 'https://sign.example',
    id: '0f8fad5b',
    url: 'https://sign.example/requests/0f8fad5b',
    state: 'denied',
    said: 'The origin isn’t as the policy asks.',
    project: 'widget',
    policy: 'release-signing',
    submitted: { name: 'a|b<script>.exe', sha256: 'ab' },
    attached: true,
    steps: [{ step: 'origin', state: 'failed', failed: 1 }],
    reasons: [finding],
    reasonsTotal: 1,
    signed: null,
    next: 'Correct it.',
  };

  it('has link, decision, steps and reasons', () => {
    const text = summaryOf(facts);
    expect(text).toContain('### Countersign: ❌ Denied');
    expect(text).toContain('[0f8fad5b](https://sign.example/requests/0f8fad5b) (made before;');
    expect(text).toContain('| origin | failed, 1 failed |');
    expect(text).toContain('  - To do\\: Tag the commit\\.');
  });

  it('shows others’ text as text', () => {
    expect(escapeMarkdown('<b>|`x`\n# [a](http://b) @c')).toBe(
      '\\<b\\>\\|\\`x\\` \\# \\[a\\]\\(http\\:\\/\\/b\\) \\@c',
    );
    expect(summaryOf(facts)).toContain('a\\|b\\<script\\>\\.exe');
  });

  it('leads nowhere but to the portal', () => {
    const text = summaryOf({ ...facts, url: 'https://evil.example/' });
    expect(text).not.toContain('](');
  });

  it('stays far below what the runner drops', () => {
    const long = { ...finding, message: '|'.repeat(5000), found: '|'.repeat(5000), path: ['|'.repeat(5000)] };
    const many = {
      ...facts,
      reasons: Array.from({ length: 500 }, () => long),
      reasonsTotal: 700,
      said: 'x'.repeat(1e6),
    };
    const text = summaryOf(many);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toContain('650 more');
  });
});
