/** What GitLab doesn't say isn't said in its place. */
import { expect, it } from 'vitest';
import { openCodeHosts } from '../../platform/code-host/index.ts';
import { chartsOf, judgeEvidence, readAnswers } from './index.ts';
import type { RawAnswers } from './index.ts';

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
