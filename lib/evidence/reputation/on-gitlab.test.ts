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
const pipeline = { path: '.gitlab-ci.yml', text: 'build:\n  script: [make]\n' };

it('of another host’s pipelines say that nobody looked, and not that all is well or nothing is there', () => {
  for (const files of [[pipeline], []])
    for (const id of ['workflow-token', 'workflow-pinned', 'workflow-triggers'])
      expect(signal({ workflows: ok({ files }) }, id)).toMatchObject({
        state: 'unverified',
        value: 'there is no check for builds of GitLab',
      });
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
