import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTimeOf } from '../../../../../dev/test/cpu-time.ts';
import { readWorkflow } from './workflow-file.ts';

const read = (text: string) => readWorkflow(Buffer.from(text));
const pin = 'a'.repeat(40);
const whole = ['on: push', 'jobs:', '  build:', '    steps:', '      - run: make', ''].join('\n');
const step = (uses: string, more = '') =>
  read(`on: push\njobs:\n  build:\n    steps:\n      - uses: ${uses}\n${more}`);

describe('is not read, because another parser may take it for something else', () => {
  test.each([
    ['a line that only the host’s parser ends', 'on:\n  push:\n  # \u2028  pull_request_target:\n', 'U+2028'],
    ['the same by another sign', 'on:\n  push:\n  # \u0085  pull_request_target:\n', 'U+0085'],
    ['a carriage return of its own', 'on:\n  push:\n  # \r  pull_request_target:\n', 'U+000D'],
    ['a key twice', 'on: pull_request_target\non: push\n', 'unique'],
    [
      'two services by names that are one to our parser',
      `on: push\njobs: {a: {services: {1.0: {image: a/b}, "1.0": {image: 'a/b@sha256:${'a'.repeat(64)}'}}}}\n`,
      'unique',
    ],
    ['a key that is nothing, and its name', 'on: push\nx: {null: 1, "null": 2}\n', 'unique'],
    ['a number in two ways', 'on: push\nx: {1: 1, 0x1: 2}\n', 'unique'],
    ['a second document', `on: push\n${whole.slice(9)}---\non: pull_request_target\n`, 'several documents'],
    ['an alias', 'on: push\nx: &x 1\ny: *x\n', 'alias'],
    ['a merge key', 'on: push\nx: {<<: {y: z}}\n', 'merge key'],
    ['a tag', 'on: !!set {pull_request_target}\n', 'Tag'],
    ['a directive', '%YAML 1.1\n---\non: push\n', 'Directive'],
    ['a list that isn’t closed', 'on: [push\n', 'not YAML'],
    ['events inside a list of events', 'on: [push, [pull_request_target]]\njobs: {}\n', '`on`'],
    ['no event', 'on:\njobs: {}\n', '`on`'],
    ['steps that are no list', 'on: push\njobs: {a: {steps: {uses: x/y@main}}}\n', 'the job a'],
    ['a use that is no text', 'on: push\njobs: {a: {steps: [{uses: [x/y@main]}]}}\n', 'the job a'],
    ['a job that is no map', 'on: push\njobs: {a: [{uses: x/y@main}]}\n', 'the job a'],
  ])('by its reason: %s', (_name, text, problem) => {
    const jobs = text.includes('jobs') ? '' : whole.slice(9);
    expect(read(`${text}${jobs}`)).toEqual({ unreadable: expect.stringContaining(problem) as string });
  });

  test('what is no UTF-8, or larger than 128 KiB', () => {
    expect(readWorkflow(Buffer.from([0x6f, 0x6e, 0x3a, 0x20, 0xff]))).toEqual({
      unreadable: 'it is not UTF-8',
    });
    const long = read(`${whole}# ${'x'.repeat(128 * 1024)}`);
    expect(long).toEqual({ unreadable: 'it is larger than 128 KiB' });
    expect(read(whole.replaceAll('\n', '\r\n'))).toMatchObject({ triggers: ['push'] });
  });
});

describe('is read to its end', () => {
  test('whatever number of events, actions and called workflows it has', () => {
    const many = Array.from({ length: 40 }, (_, index) => `event_${index}`);
    expect(read(`on: [${many.join(', ')}, pull_request_target]\njobs: {a: {steps: []}}`)).toMatchObject({
      triggers: [...many, 'pull_request_target'],
    });
    const steps = many.map((name) => `      - uses: o/${name}@main\n`).join('');
    expect(step('o/first@main', `${steps}      - uses: ./last\n`)).toMatchObject({
      unpinned: ['o/first@main', ...many.map((name) => `o/${name}@main`)],
      elsewhere: ['./last'],
    });
  });
});

describe('a cache is found', () => {
  test.each([
    `actions//cache@${pin}`,
    `actions\\cache\\restore@${pin}`,
    `actions/cache/./restore@${pin}`,
    `actions/cache/save/../restore@${pin}`,
    `Actions/Cache@${pin}`,
    `docker/setup-buildx-action@${pin}`,
    `docker/setup-qemu-action@${pin}`,
    `oven-sh/setup-bun@${pin}`,
    `msys2/setup-msys2@${pin}`,
    `jdx/mise-action@${pin}`,
  ])('that is restored by %s', (uses) => {
    expect(step(uses)).toMatchObject({ caches: [`build: ${uses}`] });
  });

  test('where an expression inserts inputs, and not where only one is saved, or it is switched off', () => {
    const inserted = '        with: {"${{ insert }}": "${{ fromJSON(vars.INPUTS) }}"}\n';
    expect(step(`o/any@${pin}`, inserted)).toMatchObject({ caches: [`build: o/any@${pin}`] });
    expect(step(`actions/cache/save@${pin}`)).toMatchObject({ caches: [] });
    expect(step(`docker/setup-buildx-action@${pin}`, '        with: {cache-binary: false}\n')).toMatchObject({
      caches: [],
    });
  });

  test('nowhere in a local action, which isn’t in the file, by either slash', () => {
    for (const uses of ['./.github/actions/build', '.\\.github\\actions\\build']) {
      expect(step(uses)).toMatchObject({ elsewhere: [uses], unpinned: [] });
    }
  });
});

test('images that a job runs in or beside are pinned by their digest', () => {
  const job = (lines: string) => read(`on: push\njobs:\n  build:\n    steps: []\n${lines}`);
  const digest = `node@sha256:${'b'.repeat(64)}`;
  for (const [lines, unpinned] of [
    ['    container: node:24\n', ['image node:24']],
    ['    container: {image: "${{ matrix.image }}"}\n', ['image ${{ matrix.image }}']],
    ['    container: {"${{ insert }}": "${{ fromJSON(vars.C) }}"}\n', ['image (not told)']],
    ['    services: {db: {image: postgres:18}}\n', ['image postgres:18']],
    ['    services: "${{ fromJSON(vars.S) }}"\n', ['image ${{ fromJSON(vars.S) }}']],
    [`    container: ${digest}\n    services: {db: {image: ${digest}}}\n`, []],
    ['    container: ""\n', []],
  ] as const) {
    expect(job(lines)).toMatchObject({ unpinned });
  }
});

describe('whatever it is', () => {
  test.each([
    [
      'keys',
      `on: push\njobs:\n${Array.from({ length: 14_000 }, (_, index) => ` k${index.toString(36)}: x`).join('\n')}`,
    ],
    ['keys in braces', `{${Array.from({ length: 26_000 }, (_, index) => index.toString(36)).join(',')}}`],
    ['lists in lists', '['.repeat(131_000)],
    ['maps in maps', '{a: '.repeat(32_000)],
    ['items of items', '- '.repeat(65_000)],
    ['aliases', '*a '.repeat(43_000)],
    ['directives', '%a\n'.repeat(43_000)],
    ['comments', '#\n'.repeat(65_000)],
    ['documents', '---\n'.repeat(32_000)],
  ])('takes no longer than a moment: %s', (_name, text) => {
    expect(cpuTimeOf(() => read(text))).toBeLessThan(2_000);
  });

  test('it gives facts or a reason, and never throws', () => {
    const seeds = [
      whole,
      `on: {push: {tags: ['v*']}, workflow_dispatch: }\njobs: {a: {uses: o/w/.github/workflows/x.yml@${pin}}}\n`,
      `on: [push]\njobs:\n  a:\n    container: {image: 'x'}\n    steps:\n      - uses: "actions/cache@${pin}"\n        with: {path: |\n x\n}\n`,
    ];
    const pieces = fc.constantFrom(
      '\n',
      '  ',
      ': ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '"',
      "'",
      '|',
      '>',
      '#',
      '!',
      '%',
      '\t',
      '\r',
      '---\n',
      '\u0000',
      '<<',
      '?',
      ',',
    );
    const runs = Number(process.env['FUZZ_RUNS'] ?? 500);
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(
          fc.tuple(fc.nat(200), fc.nat(8), fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 4 }))),
          { maxLength: 12 },
        ),
        (seed, edits) => {
          const text = edits.reduce(
            (now, [at, cut, piece]) => now.slice(0, at) + piece + now.slice(at + cut),
            seed,
          );
          const said = read(text);
          expect('unreadable' in said ? typeof said.unreadable : said.triggers.length > 0).not.toBe(false);
        },
      ),
      { numRuns: runs },
    );
  });
});
