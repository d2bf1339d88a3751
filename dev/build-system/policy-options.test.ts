import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failures } from '#core/wire/finding/index.ts';
import { ageLimit, originPolicyOf } from '#core/origin/index.ts';
import type { OriginPolicy } from '#core/origin/index.ts';
import { openTestBuildSystem, policy } from './fixture.ts';
import { exampleRun } from './index.ts';

let build: Awaited<ReturnType<typeof openTestBuildSystem>>;
beforeAll(async () => {
  build = await openTestBuildSystem();
});
afterAll(() => build.remove());

const pinned = {
  uri: 'https://github.com/foundation/builders/.github/workflows/build.yml',
  ref: 'refs/tags/v2.0.0',
  digest: 'b'.repeat(40),
};
const withBuilder: OriginPolicy = { ...policy, builder: pinned };
const calling = (uri: string, digest: string) =>
  build.attest({ run: { signerUri: uri }, extensions: { 10: digest } });

describe('a pinned reusable builder', () => {
  it('is accepted at exactly its ref and commit', async () => {
    const bundle = await calling(`${pinned.uri}@${pinned.ref}`, pinned.digest);
    const result = await build.verify(bundle, { policy: withBuilder });
    expect(failures(result.findings)).toEqual([]);
    expect(result).toMatchObject({ ok: true, value: { claims: { signerDigest: pinned.digest } } });
  });

  it.each([
    ['another ref', `${pinned.uri}@refs/tags/v2.0.1`, pinned.digest, ['origin.signer']],
    ['a ref that only begins alike', `${pinned.uri}@${pinned.ref}-evil`, pinned.digest, ['origin.signer']],
    [
      'another workflow of the same repository',
      pinned.uri.replace('build.yml', 'evil.yml') + `@${pinned.ref}`,
      pinned.digest,
      ['origin.signer'],
    ],
    ['another case', `${pinned.uri.toUpperCase()}@${pinned.ref}`, pinned.digest, ['origin.signer']],
    ['a moved ref', `${pinned.uri}@${pinned.ref}`, 'c'.repeat(40), ['origin.builder']],
  ])('refuses %s', async (_what, uri, digest, rules) => {
    expect(await build.failedRules(await calling(uri, digest), { policy: withBuilder })).toEqual(rules);
  });

  it('refuses a build that the project attested itself', async () => {
    expect(await build.failedRules(await build.attest(), { policy: withBuilder })).toEqual([
      'origin.signer',
      'origin.builder',
    ]);
  });

  it('still compares the calling workflow with the commit that was built', async () => {
    const bundle = await build.attest({
      run: { signerUri: `${pinned.uri}@${pinned.ref}` },
      extensions: { 10: pinned.digest, 19: 'f'.repeat(40) },
    });
    expect(await build.failedRules(bundle, { policy: withBuilder })).toEqual(['origin.commit']);
  });

  it('refuses a certificate issued to another workflow than the one it names', async () => {
    const bundle = await build.attest({
      run: { signerUri: `${pinned.uri}@${pinned.ref}` },
      extensions: { 10: pinned.digest },
      subjectUri: `${pinned.uri}@refs/heads/evil`,
    });
    expect(await build.failedRules(bundle, { policy: withBuilder })).toEqual(['origin.signer']);
  });
});

describe('a maximum age', () => {
  const at = new Date('2026-03-01T12:00:00Z');
  const limited: OriginPolicy = { ...policy, maximumAgeHours: 24 };
  it.each([
    ['to the second', '2026-03-02T12:00:00Z', []],
    ['a second later', '2026-03-02T12:00:01Z', ['origin.age']],
    ['clocks that differ a little', '2026-03-01T11:55:00Z', []],
    ['clocks that differ too much', '2026-03-01T11:54:59Z', ['origin.time']],
    ['a clock that says nothing', 'never', ['origin.time']],
  ])('is counted from the log’s time: %s', async (_what, now, rules) => {
    const bundle = await build.attest({ at });
    expect(await build.failedRules(bundle, { policy: limited, now: new Date(now) })).toEqual(rules);
  });

  it('refuses what is dated a day ahead, whatever the policy says of ages', async () => {
    const now = new Date('2026-02-28T12:00:00Z');
    const bundle = await build.attest({ at });
    for (const policyOf of [policy, limited]) {
      expect(await build.failedRules(bundle, { policy: policyOf, now })).toEqual(['origin.time']);
    }
  });

  it('requires nothing if the policy sets none, and names the line if it does', async () => {
    const bundle = await build.attest({ at });
    expect(await build.failedRules(bundle)).toEqual([]);
    const locate = (path: readonly (string | number)[]) => ({ file: path.join('.'), line: 1, column: 1 });
    const { findings } = await build.verify(bundle, { policy: limited, locate });
    expect(findings.find((finding) => finding.rule === 'origin.age')).toMatchObject({
      outcome: 'fail',
      policy: { file: 'maximumAgeHours' },
      found: at.toISOString(),
    });
  });
});

describe('a policy’s origin', () => {
  const origin = {
    buildSystem: 'github-actions',
    repository: exampleRun.repository,
    workflow: exampleRun.workflow,
    refs: { tags: ['v*'] },
    triggers: ['push' as const],
    runner: 'github-hosted' as const,
  };
  const system = { name: 'github-actions', issuer: exampleRun.issuer, trustRoot: 'public' };

  const release = { purpose: 'release', age: ageLimit(undefined, undefined, 'release') } as const;

  it('refuses re-runs, unless it says otherwise', () => {
    expect(originPolicyOf(origin, system, release)).toMatchObject({ allowReruns: false });
    expect(originPolicyOf({ ...origin, reruns: 'refused' }, system, release)).toMatchObject({
      allowReruns: false,
    });
    expect(originPolicyOf({ ...origin, reruns: 'allowed' }, system, release)).toMatchObject({
      allowReruns: true,
    });
  });

  it('passes on builder and age', () => {
    const age = ageLimit(3, undefined, 'release');
    const both = originPolicyOf({ ...origin, builder: pinned }, system, { purpose: 'release', age });
    expect(both).toMatchObject({ builder: pinned, maximumAgeHours: 3, refs: { branches: [], tags: ['v*'] } });
  });

  it('requires by default provenance, and for a release a public repository and a recent build', () => {
    expect(originPolicyOf(origin, system, release)).toMatchObject({
      attestations: ['slsa-provenance-v1', 'slsa-provenance-v0.2'],
      visibility: 'public',
      maximumAgeHours: 720,
    });
    const test = originPolicyOf(origin, system, { purpose: 'test', age: null });
    expect(test).toMatchObject({ visibility: 'any' });
    expect(test).not.toHaveProperty('maximumAgeHours');
  });

  it.each([
    [undefined, undefined, 'release', { hours: 720, from: 'default' }],
    [undefined, undefined, 'test', null],
    [undefined, 48, 'release', { hours: 48, from: 'foundation' }],
    [24, 48, 'release', { hours: 24, from: 'policy' }],
    [72, 48, 'release', { hours: 48, from: 'foundation' }],
    [2000, undefined, 'release', { hours: 2000, from: 'policy' }],
  ] as const)(
    'lets a build be as old as policy (%s) and foundation (%s) both allow a %s',
    (own, floor, purpose, age) => {
      expect(ageLimit(own, floor, purpose)).toEqual(age);
    },
  );
});
