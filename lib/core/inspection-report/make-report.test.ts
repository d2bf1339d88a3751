import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '../ids/index.ts';
import { fail, info, staleListRule } from '../wire/finding/index.ts';
import { documentLines } from './document.ts';
import { makeReport, makeReportInSteps, type Inspected, type ReportInput } from './make-report.ts';
import { reportEntrySchema } from './schema.ts';

const digest = (letter: string) => parseSha256Hex(letter.repeat(64));
const location = { file: 'projects/widget/artifacts/release.yaml', line: 7, column: 5 };
const content = { detected: 'pe', formats: [], covered: false, closed: [], closedCount: 0 } as const;
const facts = { type: 'pe', signed: true, kind: 'program', texts: { ProductName: 'Widget' } } as const;
const program = {
  path: ['widget/widget.exe'],
  element: 1,
  sha256: digest('b'),
  sizeBytes: 20,
  facts,
  signatures: [],
  content,
};
const bundle = {
  path: ['widget/data.zip'],
  element: 2,
  sha256: digest('c'),
  sizeBytes: 30,
  facts: null,
  signatures: null,
  content: {
    ...content,
    detected: 'zip',
    formats: ['zip archive', '7z archive'],
    closed: [{ place: 'inner.zip!/b.7z', format: '7z archive', message: 'It is a 7z archive.' }],
    closedCount: 1,
  },
} as const;
const inside = (inner: readonly string[], sha256: string, more = {}) => ({
  within: bundle.path,
  inner,
  sha256: digest(sha256),
  sizeBytes: 5,
  detected: 'text' as const,
  covered: false,
  ...more,
});
const inspected: Inspected = {
  sha256: digest('a'),
  sizeBytes: 100,
  follows: [],
  findings: [],
  tree: [
    { path: ['widget'], type: 'directory', sizeBytes: 0, sha256: '' },
    ...[program, bundle].map(({ path, sizeBytes, sha256 }) => ({
      path,
      type: 'file' as const,
      sizeBytes,
      sha256,
    })),
    { path: ['widget/stray.txt'], type: 'file', sizeBytes: 3, sha256: digest('d') },
  ],
  leaves: [program, bundle],
  containers: [
    {
      ...bundle,
      path: [],
      element: 0,
      sha256: digest('a'),
      sizeBytes: 100,
      content: { ...content, detected: 'zip', covered: true },
    },
  ],
  inside: [
    inside(['inner.zip'], 'e', { covered: false, detected: 'zip' }),
    inside(['inner.zip', 'b.7z'], 'f'),
  ],
  copies: [inside(['copy.7z'], 'f'), inside(['empty'], '0', { sizeBytes: 0, detected: 'empty' })],
};
const elements = [
  { type: 'zip', pointer: '/root', path: null, opaque: null, sign: null, detached: null },
  { type: 'pe', pointer: '/root/contents/0', path: '*.exe', opaque: null, sign: {}, detached: null },
  {
    type: 'file',
    pointer: '/root/contents/1',
    path: '**',
    opaque: 'Made by upstream.',
    sign: null,
    detached: null,
  },
] as const;
const input: ReportInput = {
  request: null,
  artifactName: 'widget.zip',
  configurationSha256: digest('9'),
  inspected,
  elements,
  locations: { '/root/contents/0': location },
  methodOf: (type) => (type === 'pe' ? 'Authenticode' : null),
  scan: {
    passed: true,
    of: (sha256) =>
      new Map([
        [digest('a'), { outcome: 'not-scanned', detail: 'it is too large', coverable: true } as const],
        [digest('b'), { outcome: 'clean' } as const],
        [digest('c'), { outcome: 'clean' } as const],
        [digest('e'), { outcome: 'clean' } as const],
        [digest('f'), { outcome: 'infected', detail: 'Worm' } as const],
      ]).get(sha256) ?? null,
  },
};
const entryAt = (report: ReturnType<typeof makeReport>, ...path: readonly string[]) =>
  report.entries.find((entry) => JSON.stringify(entry.path) === JSON.stringify(path));

describe('an inspection report', () => {
  const report = makeReport(input);

  it('lists the artifact, each file of it and what is inside files that nobody opened for signing', () => {
    expect(report.entries.map(({ path }) => path.join('!/'))).toEqual([
      '',
      'widget',
      'widget/data.zip',
      'widget/data.zip!/copy.7z',
      'widget/data.zip!/empty',
      'widget/data.zip!/inner.zip',
      'widget/data.zip!/inner.zip!/b.7z',
      'widget/stray.txt',
      'widget/widget.exe',
    ]);
    expect(report.head).toMatchObject({ reached: 'scan', passed: true, whole: true });
    expect(report.head.counts).toEqual({
      files: 8,
      directories: 1,
      unexpected: 1,
      toBeSigned: 1,
      notSeenInside: 2,
      notScanned: 1,
      infected: 2,
    });
  });

  it('says of a file what matched it, what it says of itself, and how it gets signed', () => {
    expect(entryAt(report, 'widget/widget.exe')).toMatchObject({
      role: 'expected',
      detected: 'pe',
      element: { pointer: '/root/contents/0', type: 'pe', path: '*.exe', line: location },
      facts: { kind: 'program', signed: true, texts: { ProductName: 'Widget' } },
      signatures: [],
      scan: { outcome: 'clean', detail: null },
      sign: 'Authenticode',
    });
    expect(entryAt(report, 'widget/stray.txt')).toMatchObject({ role: 'unexpected', element: null });
  });

  it('tells what nobody looked into, at the file and at the one around it', () => {
    expect(entryAt(report, 'widget/data.zip')).toMatchObject({
      notSeenCount: 1,
      notSeen: [{ place: 'inner.zip!/b.7z' }],
      opaque: 'Made by upstream.',
    });
    expect(entryAt(report, 'widget/data.zip', 'inner.zip', 'b.7z')).toMatchObject({
      role: 'inside',
      notSeen: [{ place: '', format: '7z archive' }],
    });
  });

  it('gives a copy the verdict of what it is a copy of, and an empty file none', () => {
    expect(entryAt(report, 'widget/data.zip', 'copy.7z')?.scan).toEqual({
      outcome: 'infected',
      detail: 'Worm',
    });
    expect(entryAt(report, 'widget/data.zip', 'empty')?.scan.outcome).toBe('empty');
  });

  it('never calls a file scanned that the scanner didn’t see: what was opened to its end is covered, all else is not scanned', () => {
    expect(entryAt(report)?.scan).toEqual({ outcome: 'covered', detail: 'it is too large' });
    const unopened = {
      ...inspected,
      containers: inspected.containers.map((container) => ({
        ...container,
        content: { ...container.content, closedCount: 1 },
      })),
    };
    expect(entryAt(makeReport({ ...input, inspected: unopened }))?.scan.outcome).toBe('not-scanned');
    const odd = { outcome: 'not-scanned', detail: 'ERROR', coverable: false } as const;
    expect(entryAt(makeReport({ ...input, scan: { passed: false, of: () => odd } }))?.scan.outcome).toBe(
      'not-scanned',
    );
    expect(entryAt(report, 'widget/stray.txt')?.scan.outcome).toBe('not-scanned');
    expect(entryAt(makeReport({ ...input, scan: null }), 'widget/widget.exe')?.scan.outcome).toBe('pending');
  });

  it('of what was refused says by which rules, and that it isn’t whole where an archive could not be read', () => {
    const finding = fail({
      rule: 'archive.entry-data',
      message: 'Broken.',
      path: ['widget'],
      fix: 'Mend it.',
    });
    const refused = makeReport({ ...input, inspected: { ...inspected, findings: [finding, finding] } });
    expect(refused.head).toMatchObject({ passed: false, whole: false });
    expect(entryAt(refused, 'widget')?.refusedBy).toEqual(['archive.entry-data']);
    expect(makeReport({ ...input, scan: { of: () => null, passed: false } }).head.passed).toBe(false);
  });

  it('tells which lists are written anew, and of which nothing makes them right', () => {
    const warning = info({ rule: staleListRule, message: 'Stale.', path: program.path });
    const fields = [{ of: ['b.exe'] }, { of: ['a.exe', 'b.exe'] }];
    const follows = [{ path: bundle.path, fields }];
    const told = makeReport({ ...input, inspected: { ...inspected, findings: [warning], follows } });
    const [list, stale] = [bundle, program].map(({ path }) => entryAt(told, ...path));
    expect(list?.rewritten).toEqual({ fields: 2, of: ['a.exe', 'b.exe'], ofCount: 2 });
    expect([stale?.warnedBy, stale?.refusedBy, told.head.passed]).toEqual([['follow.stale'], [], true]);
    expect(reportEntrySchema.parse(JSON.parse(JSON.stringify(list)))).toEqual(list);
  });

  it('is one JSON document with a record on each line, the same octets for the same answer', () => {
    const lines = [...documentLines(report)];
    const text = lines.join('');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
    expect(lines).toHaveLength(report.entries.length + 2);
    const shuffled = makeReport({
      ...input,
      inspected: { ...inspected, tree: inspected.tree.toReversed(), leaves: inspected.leaves.toReversed() },
    });
    expect([...documentLines(shuffled)].join('')).toBe(text);
    expect(JSON.parse([...documentLines({ ...report, entries: [] })].join('')) as unknown).toMatchObject({
      entries: [],
    });
  });

  it('can be written whatever a file says of itself', () => {
    const [entry] = report.entries;
    if (entry === undefined) throw new Error('no entry');
    const odd = {
      ...entry,
      path: ['half \ud800'],
      facts: { ...facts, texts: { __proto__: 'a', ['\udc00']: '\0' } },
    };
    expect(
      () => JSON.parse([...documentLines({ ...report, entries: [odd] })].join('')) as unknown,
    ).not.toThrow();
  });
});

it('is made in steps of a few hundred files, with the same outcome', () => {
  const many = Array.from({ length: 2000 }, (_, at) => ({ ...program, path: [`many/${at}.exe`] }));
  const tree = many.map(({ path, sizeBytes, sha256 }) => ({
    path,
    type: 'file' as const,
    sizeBytes,
    sha256,
  }));
  const large = {
    ...input,
    inspected: { ...inspected, tree, leaves: many, containers: [], inside: [], copies: [] },
  };
  const steps = makeReportInSteps(large);
  let count = 0;
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      expect(step.value).toEqual(makeReport(large));
      break;
    }
    count += 1;
  }
  // Of the entries, of putting them into the tree, of numbering it.
  expect(count).toBeGreaterThanOrEqual(3 * 8);
});
