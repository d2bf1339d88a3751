import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { originAs } from '#core/origin/verified.fixture.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { hostAsked, readBody, type RecordedAnswer } from '#core/wire/journal/index.ts';
import { openBuilt, type Built, type Lines } from '../code-host/built.fixture.ts';
import { checkHost } from './host.ts';

let built: Built;
beforeEach(async () => {
  built = await openBuilt();
});
afterEach(() => built.gitHub.stop());

const digest = parseSha256Hex('d'.repeat(64));
const bundleSha256 = parseSha256Hex('b'.repeat(64));

async function check(lines: Lines, looks: (readonly RecordedAnswer[])[] = []) {
  const { policy, claims, sha256 } = built.asked(lines);
  const effective = {
    digest,
    projectSlug: 'parcel-shelf',
    originPolicy: policy,
    buildSystem: { hostApi: built.gitHub.url },
    locateOrigin: () => null,
  } as unknown as EffectivePolicy;
  const origin = originAs({ claims, bundleSha256, digests: { sha256 } });
  return checkHost({
    hosts: built.hosts,
    effective,
    origin,
    record: ({ answers }) => looks.push(answers),
  });
}

describe('the code host', () => {
  test('is sent nothing where the policy asks for nothing', async () => {
    const checked = await check({ codeHost: 'not-asked' });
    expect(checked).toMatchObject({ ok: true, value: { policyDigest: digest, bundleSha256 }, findings: [] });
    expect(built.gitHub.log).toEqual([]);
  });

  test('gives a proof about this build and this policy, and its answers go into the journal', async () => {
    const looks: (readonly RecordedAnswer[])[] = [];
    const checked = await check({}, looks);
    expect(checked).toMatchObject({
      ok: true,
      value: { policyDigest: digest, bundleSha256, artifactSha256: built.asked({}).sha256 },
    });
    const [answers = []] = looks;
    expect(answers.map(({ status, outcome }) => [status, outcome])).toEqual(answers.map(() => [200, 'told']));
    expect(answers[0]).toMatchObject({
      question: 'repository',
      path: '/repos/nora-newcomer/parcel-shelf',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(JSON.parse(answers[0]?.said ?? '')).toMatchObject({ id: built.repository, private: false });
    const event = hostAsked({ pass: 1, step: 'origin', api: built.gitHub.url, answers });
    expect(readBody('host.asked', JSON.stringify(event.body))).toMatchObject({ readable: true });
  });

  test('is asked about the file that was received, and no other', async () => {
    expect(await check({ requireRunArtifact: true })).toMatchObject({ ok: true });
    built.artifact.digest = `sha256:${'e'.repeat(64)}`;
    expect(await check({ requireRunArtifact: true })).toMatchObject({ ok: false });
  });

  test('refuses by its answers, which are in the journal, too', async () => {
    const looks: (readonly RecordedAnswer[])[] = [];
    built.builds.tags.clear();
    expect(await check({}, looks)).toMatchObject({ ok: false });
    expect(looks[0]).toContainEqual(
      expect.objectContaining({ question: 'tag', status: 404, outcome: 'none' }),
    );
  });

  test('that is down decides nothing, and where unknown is allowed is told', async () => {
    const down = { kind: 'status', status: 503 } as const;
    built.gitHub.inject({ path: /\/jobs/, times: 3, mishap: down });
    await expect(check({})).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE', until: null });
    built.gitHub.inject({ path: /\/jobs/, times: 3, mishap: down });
    expect(await check({ unknown: 'allow' })).toMatchObject({ ok: true });
  });

  test('has a run that isn’t over asked about again', async () => {
    built.run.status = 'in_progress';
    built.run.conclusion = null;
    built.run.jobs.push(built.builds.job('test', { status: 'queued', conclusion: null, group: null }));
    await expect(check({ requireRunSuccess: true })).rejects.toMatchObject({
      code: 'HOST_UNAVAILABLE',
      message: expect.stringMatching(/^the run isn't over: test is still to end/) as string,
    });
  });

  test('that the signer has no access to is waited for, and operators are told', async () => {
    await expect(
      built.hosts.look({
        api: 'https://other.example',
        project: 'parcel-shelf',
        questions: {} as never,
        build: built.asked({}),
      }),
    ).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE', fix: expect.stringMatching(/codeHosts/) as string });
  });
});
