import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTrustRoot } from '#core/origin/index.ts';
import { lacksTools } from '../test/lacks.ts';
import { edited, openTestBuildSystem } from './fixture.ts';
import { timestampAuthority } from './timestamp-authority.fixture.ts';

let build: Awaited<ReturnType<typeof openTestBuildSystem>>;
let authority: ReturnType<typeof timestampAuthority>;
beforeAll(async () => {
  build = await openTestBuildSystem();
  authority = timestampAuthority();
});
afterAll(() => {
  build.remove();
  authority.remove();
});

const attest = (at = new Date()) => build.attest({ at, logged: false, timestamp: authority.stamp });
const withoutLogs = (chain = authority.chain) =>
  parseTrustRoot(build.buildSystem.trustedRoot({ logs: false, timestampAuthorities: [chain] }), 'github');

describe.skipIf(lacksTools('openssl'))('a build system without transparency log', () => {
  it('is trusted by its timestamp if the trust root knows no log', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const result = await build.verify(await attest(), { trustRoot: withoutLogs() });
    expect(result).toMatchObject({ ok: true, value: { logIndex: null } });
    if (result.ok) expect(result.value.integratedAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('is refused if the trust root knows a log, so that an entry can’t be omitted', async () => {
    const root = build.buildSystem.trustedRoot({ timestampAuthorities: [authority.chain] });
    const trustRoot = parseTrustRoot(root);
    expect(await build.failedRules(await attest(), { trustRoot })).toEqual(['origin.signature']);
  });

  it.each([
    ['log of signatures', 'ctlogs'],
    ['log of certificates', 'tlogs'],
  ])('is refused if the trust root has nothing but a %s', async (_what, other) => {
    const both = build.buildSystem.trustedRoot({ timestampAuthorities: [authority.chain] });
    const trustRoot = parseTrustRoot(edited(both, [other], () => []));
    expect(await build.failedRules(await attest(), { trustRoot })).toEqual(['origin.signature']);
  });

  it('is refused without a timestamp, with one after the certificate, and by an unknown authority', async () => {
    const trustRoot = withoutLogs();
    const untimed = await build.attest({ logged: false });
    const expired = await attest(new Date(Date.now() - 60 * 60 * 1000));
    for (const bundle of [untimed, expired]) {
      expect(await build.failedRules(bundle, { trustRoot })).toEqual(['origin.signature']);
    }
    const stranger = timestampAuthority();
    const unknown = withoutLogs(stranger.chain);
    stranger.remove();
    expect(await build.failedRules(await attest(), { trustRoot: unknown })).toEqual(['origin.signature']);
  });
});
