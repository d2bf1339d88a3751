import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { controlChanges, sources } from './index.ts';
import { chartsOf, controlOf, judgeEvidence, sampledStars } from './on-github.fixture.ts';
import type { CitedSignal, RawAnswers, Source } from './index.ts';

const now = new Date('2026-11-26T12:00:00Z');
const day = (before: number): string => new Date(now.getTime() - before * 86_400_000).toISOString();
const ok = (body: unknown) => ({ ok: true, body }) as const;

const repository = {
  id: 1,
  full_name: 'nora/shelf',
  owner: { login: 'nora', id: 2, type: 'User' },
  archived: false,
  fork: false,
  private: false,
  license: { spdx_id: 'MIT' },
  default_branch: 'main',
  created_at: day(3_000),
  pushed_at: day(3),
  stargazers_count: 40,
  forks_count: 2,
};

function signal(answers: RawAnswers, id: string): CitedSignal {
  const found = judgeEvidence({ answers, now }).find((citedSignal) => citedSignal.id === id);
  if (found === undefined) throw new Error(`no signal ${id}`);
  return found;
}
const workflow = (text: string, id: string): CitedSignal =>
  signal({ workflows: ok({ files: [{ path: '.github/workflows/ci.yml', text }] }) }, id);

describe('signals', () => {
  it('are unverified, and not held against anybody, where there was no answer', () => {
    const signals = judgeEvidence({
      answers: { repository: { ok: false, reason: 'the host didn’t answer' } },
      now,
    });
    expect(new Set(signals.map((citedSignal) => citedSignal.state))).toEqual(new Set(['unverified']));
    expect(signals.every((citedSignal) => citedSignal.note === 'neutral')).toBe(true);
    expect(signals[0]?.value).toBe('the host didn’t answer');
    expect(new Set(signals.map((citedSignal) => citedSignal.id)).size).toBe(signals.length);
  });

  it('never call anything fake, and say how easily each is gamed', () => {
    const signals = judgeEvidence({ answers: {}, now });
    const words = JSON.stringify(signals);
    expect(words).not.toMatch(/fake|fraud|score|suspicious/i);
    expect(new Set(signals.map((citedSignal) => citedSignal.gaming))).toEqual(
      new Set(['low', 'medium', 'high']),
    );
  });

  it('are computed for any answer whatever without an exception', () => {
    const shapes = fc.oneof(
      fc.jsonValue(),
      fc.constant(repository),
      fc.array(fc.record({ starred_at: fc.string(), user: fc.constant({ login: 'a', id: 1 }) })),
      fc.array(fc.record({ week: fc.double(), total: fc.nat() })),
      fc.record({ files: fc.array(fc.record({ path: fc.string(), text: fc.string() })) }),
      fc.record({
        tree: fc.array(fc.record({ path: fc.string(), type: fc.constant('blob') })),
        truncated: fc.boolean(),
      }),
    );
    const answers = fc.dictionary(fc.constantFrom(...sources), shapes.map(ok)) as fc.Arbitrary<RawAnswers>;
    fc.assert(
      fc.property(answers, (given) => {
        const signals = judgeEvidence({ answers: given, now });
        chartsOf(given);
        controlOf(given);
        for (const citedSignal of signals)
          expect(citedSignal.value).not.toMatch(/[\u202a-\u202e\u0000-\u001f]/);
      }),
      { numRuns: 300 },
    );
  });

  it('truncate untrusted text, and show none of its control or direction characters', () => {
    const path = `a/${'x'.repeat(3_000)}\u202egpj.exe`;
    const { details } = signal(
      { tree: ok({ tree: [{ path, type: 'blob' }], truncated: false }) },
      'binaries',
    );
    expect(details[0]?.length).toBeLessThanOrEqual(200);
    const licence = signal(
      { licence: ok({ path: 'LIC\u202eENSE', license: { spdx_id: 'NOASSERTION' } }) },
      'licence',
    );
    expect(licence.value).not.toContain('\u202e');
  });
});

describe('the repository', () => {
  it.each([
    [{ created_at: day(3_000) }, 'repository-age', 'good', '8 years'],
    [{ created_at: day(20) }, 'repository-age', 'look', '20 days'],
    [{ pushed_at: day(500) }, 'last-push', 'look', '16 months ago'],
    [{ archived: true }, 'standing', 'look', 'archived'],
    [{ fork: true }, 'standing', 'look', 'fork'],
  ] as const)('with %j shows %s to be %s', (change, id, note, words) => {
    const found = signal({ repository: ok({ ...repository, ...change }) }, id);
    expect(found).toMatchObject({ state: 'verified', note });
    expect(found.value).toContain(words);
  });

  it('under a licence that isn’t approved is flagged for review, under an approved one is good', () => {
    const licence = (id: string) =>
      signal({ licence: ok({ path: 'LICENSE', license: { spdx_id: id } }) }, 'licence').note;
    expect([licence('MIT'), licence('AGPL-3.0'), licence('BUSL-1.1'), licence('NOASSERTION')]).toEqual([
      'good',
      'good',
      'look',
      'look',
    ]);
  });

  it('contains third-party programs, distinguished from test data', () => {
    const tree = [
      'bin/tool.exe',
      'tests/data/sample.dll',
      'src/main.rs',
      'third_party/x/LICENSE',
      'docs/SECURITY.md',
    ];
    const answers = { tree: ok({ tree: tree.map((path) => ({ path, type: 'blob' })), truncated: false }) };
    expect(signal(answers, 'binaries')).toMatchObject({
      value: '1, and 1 among test data',
      note: 'look',
      details: ['bin/tool.exe'],
    });
    expect(signal(answers, 'licence-files').details).toEqual(['third_party/x/LICENSE']);
    expect(signal(answers, 'security-policy').note).toBe('good');
  });

  it('whose tree the host truncated is never reported as lacking something', () => {
    const answers = { tree: ok({ tree: [], truncated: true }) };
    expect(signal(answers, 'binaries').state).toBe('unverified');
    expect(signal(answers, 'security-policy').state).toBe('unverified');
  });
});

describe('workflows', () => {
  const pinned = 'actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11';
  it.each([
    ['permissions: {}\njobs: {}', 'good'],
    ['permissions: read-all\njobs: {}', 'good'],
    ['permissions: write-all\njobs: {}', 'look'],
    ['jobs:\n  a:\n    permissions: {contents: read}', 'good'],
    ['jobs:\n  a:\n    permissions: {contents: read}\n  b: {}', 'look'],
    ['jobs: {}', 'look'],
  ])('%j: rights of the token are %s', (text, note) => {
    expect(workflow(text, 'workflow-token').note).toBe(note);
  });

  it('name actions by a full commit, or are listed with file and line', () => {
    const text = `jobs:\n  a:\n    steps:\n      - uses: ${pinned}\n      - uses: actions/setup-node@v4\n      - uses: ./local\n`;
    expect(workflow(text, 'workflow-pinned')).toMatchObject({
      value: '1 of 2 uses',
      note: 'look',
      details: ['ci.yml:5 uses actions/setup-node@v4'],
    });
  });

  it.each([
    [
      'a checkout of a stranger’s code with the project’s rights',
      'on: [pull_request_target]\njobs:\n  a:\n    steps:\n      - uses: x/y@v1\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n',
      'ci.yml:7',
    ],
    [
      'the same after another workflow',
      'on:\n  workflow_run: {}\njobs:\n  a:\n    steps:\n      - with:\n          ref: ${{ github.event.workflow_run.head_sha }}\n',
      'ci.yml:7',
    ],
    [
      'a stranger’s text in a script',
      'on: issues\njobs:\n  a:\n    steps:\n      - run: echo "${{ github.event.issue.title }}"\n',
      'ci.yml:5',
    ],
  ])('show %s', (_what, text, place) => {
    const found = workflow(text, 'workflow-triggers');
    expect(found.note).toBe('look');
    expect(found.details[0]).toContain(place);
  });

  it.each([
    'on: [pull_request]\njobs:\n  a:\n    steps:\n      - with:\n          ref: ${{ github.event.pull_request.head.sha }}\n',
    'on: [pull_request_target]\njobs:\n  a:\n    steps:\n      - run: echo hello\n',
    'on: issues\njobs:\n  a:\n    steps:\n      - run: echo "$TITLE"\n        env:\n          TITLE: ${{ github.event.issue.title }}\n',
  ])('don’t report what is fine: %j', (text) => {
    expect(workflow(text, 'workflow-triggers').note).toBe('good');
  });

  it('that can’t be read are unverified, and YAML bombs cost nothing', () => {
    const bomb = `a: &a [x,x]\n${Array.from({ length: 40 }, (_, index) => `b${index}: &b${index} [*a,*a]`).join('\n')}\njobs: {}`;
    expect(workflow('a: [', 'workflow-token').state).toBe('unverified');
    expect(workflow('just text', 'workflow-token').state).toBe('unverified');
    expect(workflow('x'.repeat(300_000), 'workflow-token').state).toBe('unverified');
    expect(workflow(bomb, 'workflow-token').state).toBe('verified');
    expect(
      workflow(
        `jobs:\n  a:\n    steps:\n      - run: "${'${{ github.event.'.repeat(3_000)}"`,
        'workflow-triggers',
      ).state,
    ).toBe('verified');
  });

  it.each([
    ['a hundred thousand mistakes', '[}'.repeat(120_000)],
    ['escapes that are none', `jobs: "${'\\q'.repeat(120_000)}"`],
  ])('take no longer for %s, and are unverified', (_name, text) => {
    const spent = cpuTimeOf(() => expect(workflow(text, 'workflow-token').state).toBe('unverified'));
    expect(spent).toBeLessThan(10_000);
  });
});

describe('stars', () => {
  const stars = (times: readonly string[]) =>
    times.map((at, index) => ({ starred_at: at, user: { login: `u${index}`, id: index } }));
  const steady = Array.from({ length: 60 }, (_, index) => day(2_000 - index * 30));
  const burst = Array.from({ length: 40 }, (_, index) =>
    new Date(Date.parse(day(400)) + index * 1_000).toISOString(),
  );
  const answers = (times: readonly string[]): RawAnswers => ({
    repository: ok({ ...repository, stargazers_count: times.length }),
    'stars-first': ok(stars(times)),
  });

  it('that came steadily have no burst; forty within an hour are a burst, marked on its day', () => {
    expect(signal(answers(steady), 'stars')).toMatchObject({ note: 'neutral', value: '60 (all checked)' });
    const found = answers([...steady, ...burst]);
    expect(signal(found, 'stars')).toMatchObject({ note: 'look' });
    expect(chartsOf(found).stars.filter((star) => star.burst)).toEqual([
      { day: day(400).slice(0, 10), stars: 40, burst: true },
    ]);
    expect(signal(answers(burst), 'stars').note).toBe('look');
  });

  it('are counted once where the first and the last hundred overlap', () => {
    const same = stars(steady.slice(0, 10));
    expect(sampledStars({ 'stars-first': ok(same), 'stars-last': ok(same) })).toHaveLength(10);
  });

  it('say how many of the accounts were new then, or are empty', () => {
    const accounts = Array.from({ length: 10 }, (_, id) => ({
      id,
      created_at: id < 6 ? day(2_005) : day(3_000),
      followers: id < 5 ? 0 : 3,
      public_repos: id < 5 ? 0 : 9,
    }));
    const found = signal({ ...answers(steady), 'star-accounts': ok(accounts) }, 'star-accounts');
    expect(found.note).toBe('look');
    expect(found.value).toMatch(/^of 10: \d+ were new then, 5 have neither/);
  });
});

describe('charts', () => {
  it('contain the same numbers as the signals, and are empty where nothing is known', () => {
    const answers: Partial<Record<Source, { ok: true; body: unknown }>> = {
      contributors: ok(
        Array.from({ length: 12 }, (_, index) => ({ login: `c${index}`, contributions: 12 - index })),
      ),
      activity: ok([{ week: 1_700_000_000, total: 5 }]),
      releases: ok([
        { tag_name: 'v2', draft: false, prerelease: false, published_at: day(1), assets: [] },
        {
          tag_name: 'v1',
          draft: false,
          prerelease: false,
          published_at: day(9),
          assets: [{ name: 'a', download_count: 4 }],
        },
        { tag_name: 'v3-rc', draft: false, prerelease: true, published_at: day(0), assets: [] },
      ]),
    };
    const charts = chartsOf(answers);
    expect(charts.contributors.at(-1)).toMatchObject({ name: '4 others', commits: 10 });
    expect(charts.contributors.reduce((sum, contributor) => sum + contributor.share, 0)).toBeCloseTo(1);
    expect(charts.releases.map((release) => release.tag)).toEqual(['v1', 'v2']);
    expect(charts.activity).toEqual([{ week: '2023-11-14', commits: 5 }]);
    expect(chartsOf({})).toEqual({ activity: [], releases: [], stars: [], starsAll: null, contributors: [] });
  });
});

describe('control of a repository', () => {
  const control = (change: object = {}) => {
    const found = controlOf({ repository: ok({ ...repository, ...change }) });
    if (found === null) throw new Error('no control');
    return found;
  };

  it.each([
    [{}, []],
    [{ id: 9 }, ['Another repository stands at its address: number 9, not 1.']],
    [
      { owner: { login: 'eve', id: 7 }, full_name: 'eve/shelf' },
      ['The owner changed: nora/shelf (2) is now eve/shelf (7).'],
    ],
    [{ full_name: 'nora/rack' }, ['It was renamed from nora/shelf to nora/rack.']],
    [{ license: null }, ['The licence changed from MIT to none.']],
    [{ archived: true }, ['It was archived.']],
    [{ private: true }, ['It is no longer public.']],
  ])('that changed by %j is announced', (change, sentences) => {
    expect(controlChanges(control(), control(change))).toEqual(sentences);
  });
});
