/** Entries of a log like Rekor 2: without promise or time of their own, proved by a checkpoint, dated by a timestamp authority. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTrustRoot } from '#core/origin/index.ts';
import { lacksTools } from '../test/lacks.ts';
import { artifact, digests, edited, openTestBuildSystem, policy } from './fixture.ts';
import { timestampAuthority } from './timestamp-authority.fixture.ts';
import type { TrustedRootOptions } from './index.ts';

const entry = ['verificationMaterial', 'tlogEntries', 0] as const;

describe.skipIf(lacksTools('openssl'))('a bundle from a log like Rekor 2', () => {
  let build: Awaited<ReturnType<typeof openTestBuildSystem>>;
  let authority: ReturnType<typeof timestampAuthority>;
  beforeAll(async () => {
    build = await openTestBuildSystem();
    authority = timestampAuthority();
    // So that the index in the log isn't that of the only entry.
    await build.attest({ log: 2 });
  });
  afterAll(() => {
    build.remove();
    authority.remove();
  });
  const attest = (changes: Parameters<typeof build.attest>[0] = {}) =>
    build.attest({ log: 2, timestamp: authority.stamp, ...changes });
  const trusting = (changes: TrustedRootOptions = {}) => ({
    trustRoot: parseTrustRoot(
      build.buildSystem.trustedRoot({
        secondLog: true,
        timestampAuthorities: [authority.chain],
        ...changes,
      }),
      'public-good',
    ),
  });

  it('is verified, beside entries of a log like Rekor 1 and together with one', async () => {
    const result = await build.verify(await attest(), trusting());
    expect(result).toMatchObject({ ok: true, value: { logIndex: '1' } });
    expect(await build.failedRules(await build.attest(), trusting())).toEqual([]);
    const stamped = await build.attest({ timestamp: authority.stamp });
    expect(await build.failedRules(stamped, trusting())).toEqual([]);
  });

  it('may be over the file itself, and about several files of which one is this, by SHA-512', async () => {
    async function* stream() {
      yield artifact;
    }
    const bare = { ...policy, attestations: ['signature'] as const };
    const signed = await build.buildSystem.signBytes(artifact, { log: 2, timestamp: authority.stamp });
    expect(await build.failedRules(signed, { ...trusting(), artifact: stream, policy: bare })).toEqual([]);
    const subjects = [
      { name: 'other', digest: { sha512: 'a'.repeat(128) } },
      { name: 'this', digest: { sha512: digests.sha512 } },
    ];
    expect(await build.failedRules(await attest({ subjects }), trusting())).toEqual([]);
  });

  it('is refused without a timestamp: nothing else tells the time', async () => {
    const untimed = await build.attest({ log: 2 });
    expect(await build.failedRules(untimed, trusting())).toEqual(['origin.signature']);
    // A time that nobody signed is none.
    const dated = edited(untimed, [...entry, 'integratedTime'], () => String(Math.floor(Date.now() / 1000)));
    expect(await build.failedRules(dated, trusting())).toEqual(['origin.signature']);
  });

  it('is refused by a trust root that doesn’t know the log, or knew it until before', async () => {
    expect(await build.failedRules(await attest(), trusting({ secondLog: false }))).toEqual([
      'origin.signature',
    ]);
    const until = new Date(Date.now() - 60_000);
    const closed = await build.verify(await attest(), trusting({ secondLog: { until } }));
    expect(closed.findings).toContainEqual(
      expect.objectContaining({
        rule: 'origin.signature',
        outcome: 'fail',
        message: expect.stringContaining('was not in use when it was signed') as string,
      }),
    );
  });

  const flip = (value: unknown): string => {
    const bytes = Buffer.from(String(value), 'base64');
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    return bytes.toString('base64');
  };
  const changes: readonly [string, readonly (string | number)[], (value: unknown) => unknown][] = [
    ['what was logged', [...entry, 'canonicalizedBody'], flip],
    ['log', [...entry, 'logId', 'keyId'], flip],
    ['checkpoint', [...entry, 'inclusionProof', 'checkpoint', 'envelope'], (value) => `x${String(value)}`],
    ['place in the proof', [...entry, 'inclusionProof', 'logIndex'], () => '0'],
    ['version of the entry', [...entry, 'kindVersion', 'version'], () => '0.0.1'],
    ['version that nobody knows', [...entry, 'kindVersion', 'version'], () => '0.0.3'],
    [
      'timestamp, which is left out',
      ['verificationMaterial', 'timestampVerificationData', 'rfc3161Timestamps'],
      () => [],
    ],
    [
      'timestamp, which is there twice',
      ['verificationMaterial', 'timestampVerificationData', 'rfc3161Timestamps'],
      (value) => [value, value].flat(),
    ],
    [
      'entry, which is there twice',
      ['verificationMaterial', 'tlogEntries'],
      (value) => [value, value].flat(),
    ],
    ['signature', ['dsseEnvelope', 'signatures', 0, 'sig'], flip],
  ];
  it.each(changes)('is refused with another %s', async (_what, path, change) => {
    expect(await build.failedRules(edited(await attest(), path, change), trusting())).toContain(
      'origin.signature',
    );
  });

  it('is no bundle without a proof of its entry', async () => {
    const unproved = edited(await attest(), [...entry, 'inclusionProof'], () => undefined);
    expect(await build.failedRules(unproved, trusting())).toEqual(['origin.bundle']);
  });

  it('is refused with the entry or the timestamp of another bundle', async () => {
    const [one, other] = [await attest(), await attest({ run: { commit: 'd'.repeat(40) } })];
    for (const part of ['tlogEntries', 'timestampVerificationData']) {
      const path = ['verificationMaterial', part];
      const { verificationMaterial } = other as { verificationMaterial: Record<string, unknown> };
      const mixed = edited(one, path, () => verificationMaterial[part]);
      expect(await build.failedRules(mixed, trusting())).toContain('origin.signature');
    }
  });

  it('shows the place in the log that is proved, not the one that is written beside it', async () => {
    const moved = edited(await attest(), [...entry, 'logIndex'], () => '7777');
    const result = await build.verify(moved, trusting());
    if (result.ok) expect(result.value.logIndex).not.toBe('7777');
  });
});
