/** What GitLab doesn't say isn't said in its place. */
import { expect, it } from 'vitest';
import { openCodeHosts } from '../../platform/code-host/index.ts';
import { chartsOf, judgeEvidence, readAnswers } from './index.ts';
import type { RawAnswers } from './index.ts';
import { clean } from './signal.ts';

const now = new Date('2026-11-26T12:00:00Z');
const gitlab = { server: 'https://gitlab.com', tokenFile: '/nowhere' };
const host = openCodeHosts({ config: { codeHost: { gitlab } }, now: () => now }).named.gitlab;
if (host === undefined) throw new Error('no GitLab was opened');
const ok = (body: unknown) => ({ ok: true, body }) as const;
const signal = (raw: RawAnswers, id: string) =>
  judgeEvidence({ answers: readAnswers(raw, host), host, now }).find((one) => one.id === id);
const signals = (...texts: readonly string[]) => {
  const files = texts.map((text) => ({ path: '.gitlab-ci.yml', text }));
  return ['file', 'includes', 'images'].map((name) =>
    signal({ workflows: ok({ files }) }, `pipeline-${name}`),
  );
};
const commit = 'a'.repeat(40);

it('of a CI configuration say what it includes that others can change, and in whose images it runs', () => {
  const [file, includes, images] = signals(`
include:
  - local: /ci/build.yml
  - ci/other.yml
  - template: Jobs/SAST.gitlab-ci.yml
  - project: group/shared
    ref: main
    file: release.yml
  - { project: group/pinned, ref: ${commit}, file: release.yml }
  - component: $CI_SERVER_FQDN/group/countersign/submit@${commit}
  - component: $CI_SERVER_FQDN/group/other/thing@~latest
  - remote: https://example.org/ci.yml
    integrity: sha256-L3/GAoKaw0Arw6hDCKeKQlV1QPEgHYxGBHsH4zG1IY8=
  - https://example.org/bare.yml
  - { something: new }
default:
  image: alpine@sha256:${'b'.repeat(64)}
variables:
  image: no-image:1
build:
  image: { name: 'gcc:14' }
  services: [postgres:17]
  environment: { kubernetes: { image: no-image:2 } }
  script: [!reference [.setup, script], make]
`);
  expect(file).toMatchObject({ value: '.gitlab-ci.yml, in the project itself', note: 'good' });
  expect(includes).toMatchObject({
    value: '3 of 7 of others by commit or integrity',
    note: 'look',
    source: 'GET /projects/{id}/repository/files/.gitlab-ci.yml',
  });
  expect(includes?.details.slice(0, 4)).toEqual([
    'line 6: group/shared@main',
    'line 11: $CI_SERVER_FQDN/group/other/thing@~latest',
    'line 14: https://example.org/bare.yml, without an integrity',
    'line 15: something that isn’t understood here',
  ]);
  expect(includes?.details).toContain('line 5: Jobs/SAST.gitlab-ci.yml (a template of GitLab)');
  expect(images).toMatchObject({ value: '1 of 3', note: 'look' });
  expect(images?.details).toEqual(['line 21: gcc:14', 'line 22: postgres:17']);
});

it.each([
  ['by an alias', 'variables: { A: &a evil:1 }\njob: { image: *a }', 'line 2: evil:1'],
  ['in a map, by an alias', '.a: &a evil:1\njob: { image: { name: *a } }', 'line 2: evil:1'],
  ['in services by an alias', '.a: &a [evil:1]\njob: { services: *a }', 'line 1: evil:1'],
  ['by what is merged', '.a: { b: { c: &c { image: evil:1 } } }\njob: { <<: [*c] }', 'line 1: evil:1'],
  ['in a job that is an alias', '.a: { b: { c: &c { image: evil:1 } } }\njob: *c', 'line 1: evil:1'],
  ['by a reference', 'job: { image: !reference [.a, b] }', 'line 1: an image that is named elsewhere'],
  ['in services by one', 'job: { services: !reference [.a, b] }', 'line 1: an image that is named elsewhere'],
  ['in a job that is one', 'job: !reference [.a, b]', 'line 1: a job that is written elsewhere'],
  [
    'by a name that is given twice',
    '.a: &a x@sha256:1\n.b: &a evil:1\njob: { image: *a }',
    'line 3: an image that is named elsewhere',
  ],
  ['by what leads in a circle', 'a: &a { image: evil:1, <<: *a }', 'line 1: evil:1'],
])('of an image that is named %s say that it isn’t by digest', (_, text, detail) => {
  const pinned = `pinned: { image: 'gcc@sha256:${'b'.repeat(64)}' }\n`;
  expect(signals(`${text}\n${pinned}`)[2]).toMatchObject({
    value: '1 of 2',
    note: 'look',
    details: [detail],
  });
});

it.each([
  [
    'is an alias',
    '.a: &a [{ remote: "https://x.example/a.yml" }]\ninclude: *a',
    'line 1: https://x.example/a.yml',
  ],
  ['has one', '.a: &a https://x.example/a.yml\ninclude: [{ remote: *a }]', 'line 2: https://x.example/a.yml'],
  ['is a reference', 'include: !reference [.a, b]', 'line 1: something that isn’t understood here'],
  [
    'comes after all that GitLab reads',
    `include: [${'a.yml, '.repeat(150)}b.yml]`,
    '1 more, which aren’t looked at',
  ],
  [
    'is of a pipeline that a job starts',
    'a: { trigger: { include: [{ project: x/y }] } }',
    'line 1: x/y@its default branch',
  ],
  [
    'is written by a job',
    'a: { trigger: { include: [{ artifact: a.yml, job: b }] } }',
    'line 1: a.yml, which the job b writes',
  ],
  ['is another project’s pipeline', 'a: { trigger: x/y }', 'line 1: x/y, whose own pipeline is started'],
  [
    'is another’s, in a map',
    'a: { trigger: { project: x/y } }',
    'line 1: x/y, whose own pipeline is started',
  ],
  [
    'is both',
    'include: { local: a.yml, remote: "https://x.example/a.yml" }',
    'line 1: something that isn’t understood here',
  ],
  [
    'is written so that only GitLab takes it for one',
    ':include: { remote: "https://x.example/a.yml" }',
    'line 1: https://x.example/a.yml',
  ],
  [
    'is merged into the file',
    '.a: { b: &b { include: "https://x.example/a.yml" } }\n<<: *b',
    'line 1: https://x.example/a.yml, without an integrity',
  ],
  [
    'has a key merged into it',
    `.a: &a { ref: main }\ninclude: [{ project: x/y, ref: ${commit}, <<: *a }]`,
    'line 2: something that isn’t understood here',
  ],
  [
    'is of a trigger that is merged',
    '.a: &a { project: x/y }\nb: { trigger: { <<: *a } }',
    'line 2: something that isn’t understood here',
  ],
  [
    'is of a header',
    'spec: { inputs: { a: {} }, include: [{ remote: "https://x.example/a.yml" }] }\n---\nb: { script: make }',
    'line 1: https://x.example/a.yml',
  ],
])('of what is included and %s say that it can change', (_, text, detail) => {
  const [, includes] = signals(`${text}\n`);
  expect(includes).toMatchObject({ value: '0 of 1 of others by commit or integrity', note: 'look' });
  expect(includes?.details[0]).toBe(detail);
});

it('of the largest ones that are read take no longer than of others', () => {
  const deep = Array.from(
    { length: 3_000 },
    (_, at) => `      b${at}: &b${at} { <<: *b${Math.max(0, at - 1)} }\n`,
  );
  for (const text of [
    `x: &a 1\ny: [${'*a,'.repeat(18_000)}*a]\n`,
    `x: [${'!reference [a],'.repeat(4_000)}!reference [a]]\n`,
    `.a:\n  b:\n    c:\n      b0: &b0 { image: x }\n${deep.slice(1).join('')}job: { <<: *b2999 }\n`,
    `${Array.from({ length: 2_500 }, (_, at) => `k${at}: { image: 'x${at}' }`).join('\n')}\n`,
  ]) {
    const start = performance.now();
    for (const one of signals(text)) expect(one?.details.length).toBeLessThanOrEqual(21);
    expect(performance.now() - start).toBeLessThan(8_000);
  }
});

it('shows no half character, which no database takes', () => {
  for (let at = 190; at < 201; at += 1)
    expect(clean(`${'a'.repeat(at)}${'😀'.repeat(20)}`).isWellFormed()).toBe(true);
});

it.each([
  [
    'a header',
    'spec:\n  inputs:\n    version: {default: 1}\n---\n',
    'only files of its own or of GitLab (1)',
  ],
  ['an empty one', 'spec:\n---\n', 'only files of its own or of GitLab (1)'],
])('of one with %s say what comes after it', (_, header, value) => {
  const [file, includes, images] = signals(`${header}include: ci/a.yml\njob: { image: gcc:14 }\n`);
  expect(file).toMatchObject({ state: 'verified', note: 'good' });
  expect(includes).toMatchObject({ value, note: 'good' });
  // By its line in the whole file.
  expect(images?.details).toEqual([`line ${header.split('\n').length + 1}: gcc:14`]);
});

it.each([
  ['no header', 'a: { script: make }\n---\nb: { script: make }\n'],
  ['more than a header', 'spec: {}\nb: { script: make }\n---\nc: { script: make }\n'],
  ['two headers', 'spec: {}\n---\nspec: {}\n---\nc: { script: make }\n'],
  ['a header that is wrong', 'spec: {}\nspec: {}\n---\nc: { script: make }\n'],
])('of several documents with %s say that they can’t be read', (_, text) => {
  for (const one of signals(text)) {
    expect(one).toMatchObject({ state: 'unverified' });
    expect(one?.value).toContain('.gitlab-ci.yml can’t be read: it');
  }
});

it('of a plain one say that nothing of others is in it', () => {
  expect(signals('build:\n  script: [make]\n')).toMatchObject([
    { note: 'good' },
    { value: 'nothing', note: 'good' },
    { value: 'no image is named', note: 'neutral' },
  ]);
  expect(signals('include: ci/build.yml\n')[1]).toMatchObject({
    value: 'only files of its own or of GitLab (1)',
    details: ['line 1: ci/build.yml'],
  });
});

it('of none, of one that can’t be read and of one that wasn’t fetched say no more than that', () => {
  expect(signals()[0]).toMatchObject({ state: 'verified', note: 'look' });
  expect(signals()[1]).toMatchObject({ state: 'unverified' });
  for (const text of ['a: 1\na: 2\n', '- a\n', 'a: [', 'x'.repeat(300_000)])
    for (const one of signals(text)) expect(one).toMatchObject({ state: 'unverified' });
  const failed = { workflows: { ok: false, reason: 'the host didn’t answer' } } as const;
  expect(signal(failed, 'pipeline-file')).toMatchObject({ value: 'the host didn’t answer' });
  // What is GitHub's is asked of GitHub alone.
  expect(signal(failed, 'workflow-token')).toBeUndefined();
});

it('of downloads and of accounts’ projects nothing is known, so none is missing', () => {
  const releases = ok([
    {
      tag_name: 'v1',
      released_at: now.toISOString(),
      assets: { links: [{ name: 'a.exe' }, { name: 'a.exe.sig' }] },
    },
  ]);
  expect(signal({ releases }, 'downloads')).toMatchObject({
    state: 'unverified',
    value: 'the host doesn’t count them',
  });
  expect(signal({ releases }, 'signed-releases')).toMatchObject({ state: 'verified', note: 'good' });
  expect(chartsOf(readAnswers({ releases }, host)).releases).toMatchObject([{ tag: 'v1', downloads: 0 }]);
  const accounts = ok([{ id: 1, created_at: '2020-01-01T00:00:00Z', followers: 0 }]);
  expect(signal({ 'star-accounts': accounts }, 'star-accounts')?.value).toContain('0 have neither followers');
});

it('is cited in GitLab’s words', () => {
  expect(signal({}, 'releases')).toMatchObject({
    state: 'unverified',
    source: 'GET /projects/{id}/releases',
  });
});
