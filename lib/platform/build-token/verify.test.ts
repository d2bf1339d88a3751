import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadSnapshot } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { signJwt, startTokenService, tokenIssuer } from '../../../dev/github/index.ts';
import type { TokenService } from '../../../dev/github/index.ts';
import { isBuildToken, openBuildKeys, refuseExpired, verifyBuildToken } from './index.ts';

const audience = 'https://sign.example';
const now = new Date('2026-11-29T12:00:00Z');
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

let service: TokenService;
let snapshot: PolicySnapshot;
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  service = await startTokenService();
  const loaded = loadSnapshot(seedWithKeys(), seedCommit);
  if (!loaded.ok) throw new Error('the seed is no policy');
  snapshot = loaded.snapshot;
});
afterAll(() => service.stop());
afterEach(() => service.withdraw());

const keysAt = (url: string, clock = () => now) =>
  openBuildKeys({ now: clock, elsewhere: new Map([[tokenIssuer, url]]) });
const verify = (text: string, at = now, keys = keysAt(service.keysUrl)) =>
  verifyBuildToken({ text, snapshot, audience, keys, now: at });
const claims = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...service.claims(audience, {}, now),
  ...changes,
});
const signed = (changes: Readonly<Record<string, unknown>> = {}, header = {}): string =>
  service.sign(claims(changes) as never, header);
const code = (wanted: string) => ({ code: wanted });

describe('the identity token that a job gets', () => {
  it('says which build asks, for five minutes and the difference of two clocks', async () => {
    const text = signed({ jti: 'one' });
    expect(isBuildToken(text)).toBe(true);
    const build = await verify(text);
    expect(build).toMatchObject({
      provider: 'github',
      issuer: tokenIssuer,
      token: { repositoryId: '123456789', run: '1000000001', attempt: '1', accountId: '900001' },
      expiresAt: after(330),
    });
    // The same jti of the same issuer is the same token; another is another.
    expect((await verify(signed({ jti: 'one' }))).sha256).toBe(build.sha256);
    expect((await verify(signed({ jti: 'two' }))).sha256).not.toBe(build.sha256);
    await expect(verify(text, after(329))).resolves.toBeDefined();
    await expect(verify(text, after(331))).rejects.toMatchObject(code('BUILD_TOKEN_EXPIRED'));
    expect(() => refuseExpired(build, after(329))).not.toThrow();
    expect(() => refuseExpired(build, after(330))).toThrow('ran out');
  });

  it('is fetched as a runner’s environment says', async () => {
    const job = service.startJob({ ref: 'refs/tags/v1' });
    const ask = (token: string) =>
      fetch(`${job.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(audience)}`, {
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await ask('guessed')).status).toBe(401);
    const { value } = (await (await ask(job.ACTIONS_ID_TOKEN_REQUEST_TOKEN)).json()) as { value: string };
    const build = await verify(value, new Date());
    expect(build.token.claims['ref']).toBe('refs/tags/v1');
  });

  it('has an own limit of age, whatever its host says', async () => {
    const long = { exp: Math.floor(now.getTime() / 1_000) + 24 * 3_600 };
    await expect(verify(signed(long), after(331))).rejects.toMatchObject(code('BUILD_TOKEN_EXPIRED'));
    expect((await verify(signed(long))).expiresAt).toEqual(after(330));
  });

  it('goes on after the host has changed its keys, old and new', async () => {
    let time = now;
    const keys = keysAt(service.keysUrl, () => time);
    const before = signed();
    await verify(before, now, keys);
    service.rotate();
    time = after(31);
    await expect(verify(signed(), time, keys)).resolves.toBeDefined();
    await expect(verify(before, time, keys)).resolves.toBeDefined();
  });
});

const seconds = Math.floor(now.getTime() / 1_000);
describe('a token that is not one for this portal now', () => {
  it.each<readonly [string, () => string, string]>([
    ['expired', () => signed({ iat: seconds - 400, exp: seconds - 100 }), 'BUILD_TOKEN_EXPIRED'],
    ['without an end', () => signed({ exp: undefined }), 'BUILD_TOKEN_CLAIMS'],
    ['without a beginning', () => signed({ iat: undefined }), 'BUILD_TOKEN_CLAIMS'],
    ['from the future', () => signed({ iat: seconds + 60, exp: seconds + 300 }), 'BUILD_TOKEN_EARLY'],
    ['that counts later', () => signed({ nbf: seconds + 60 }), 'BUILD_TOKEN_EARLY'],
    ['with an end that is a text', () => signed({ exp: String(seconds + 100) }), 'BUILD_TOKEN_CLAIMS'],
    [
      'for the owner, as by default',
      () => signed({ aud: 'https://github.com/example' }),
      'BUILD_TOKEN_AUDIENCE',
    ],
    ['for this portal with a slash', () => signed({ aud: `${audience}/` }), 'BUILD_TOKEN_AUDIENCE'],
    ['for this portal and others', () => signed({ aud: [audience, 'sigstore'] }), 'BUILD_TOKEN_AUDIENCE'],
    ['for this portal, in a list', () => signed({ aud: [audience] }), 'BUILD_TOKEN_AUDIENCE'],
    ['for nobody', () => signed({ aud: undefined }), 'BUILD_TOKEN_AUDIENCE'],
    ['without an id', () => signed({ jti: undefined }), 'BUILD_TOKEN_CLAIMS'],
    ['with an id that is a number', () => signed({ jti: 7 }), 'BUILD_TOKEN_CLAIMS'],
    ['of no repository', () => signed({ repository_id: undefined }), 'BUILD_TOKEN_CLAIMS'],
    ['of an unknown issuer', () => signed({ iss: 'https://token.example' }), 'BUILD_TOKEN_ISSUER_UNKNOWN'],
    [
      'of an issuer with a slash more',
      () => signed({ iss: `${tokenIssuer}/` }),
      'BUILD_TOKEN_ISSUER_UNKNOWN',
    ],
    ['of no issuer', () => signed({ iss: undefined }), 'BUILD_TOKEN_ISSUER_UNKNOWN'],
    [
      'of another key by a known name',
      () => signJwt(other.privateKey, headerOf(signed()), claims()),
      'BUILD_TOKEN_SIGNATURE',
    ],
    ['of a key of no name', () => signed({}, { kid: undefined }), 'BUILD_TOKEN_MALFORMED'],
    ['of an unknown key', () => signed({}, { kid: 'another' }), 'BUILD_TOKEN_KEY_UNKNOWN'],
    [
      'unsigned',
      () => `${part({ alg: 'none', kid: 'key-0' })}.${part(claims())}.AAAA`,
      'BUILD_TOKEN_ALGORITHM',
    ],
    ['signed with the public key as a secret', confused, 'BUILD_TOKEN_ALGORITHM'],
    ['said to be PS256', () => signed({}, { alg: 'PS256' }), 'BUILD_TOKEN_ALGORITHM'],
    ['said to be RS512', () => signed({}, { alg: 'RS512' }), 'BUILD_TOKEN_ALGORITHM'],
    [
      'with a key of its own',
      () =>
        signJwt(
          other.privateKey,
          { ...headerOf(signed()), jwk: other.publicKey.export({ format: 'jwk' }) },
          claims(),
        ),
      'BUILD_TOKEN_SIGNATURE',
    ],
    ['with what must be understood', () => signed({}, { crit: ['x'], x: 1 }), 'BUILD_TOKEN_MALFORMED'],
    ['changed', () => changed(signed()), 'BUILD_TOKEN_SIGNATURE'],
    ['cut', () => signed().slice(0, -8), 'BUILD_TOKEN_SIGNATURE'],
    ['of no JSON', () => 'AAAA.AAAA.AAAA', 'BUILD_TOKEN_MALFORMED'],
  ])('%s is refused', async (_, make, wanted) => {
    const error: unknown = await verify(make()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(code(wanted));
    expect((error as { fix: string }).fix).not.toBe('');
  });

  it('names the audience to ask for, line for line', async () => {
    await expect(verify(signed({ aud: 'sigstore' }))).rejects.toMatchObject({
      message: 'The identity token is for "sigstore", and this portal is https://sign.example.',
      fix: 'Ask for one with exactly this audience: "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https%3A%2F%2Fsign.example"',
    });
  });

  it('is taken 30 seconds before its time, for clocks that differ', async () => {
    const early = { iat: seconds + 29, nbf: seconds + 29, exp: seconds + 300 };
    await expect(verify(signed(early))).resolves.toBeDefined();
  });

  it.each(['', 'csn_abc', 'a.b', 'a.b.c.d', 'a.b.', '.b.c', 'a b.c.d', `a.${'b'.repeat(12_001)}.c`])(
    'isn’t even of the form: %j',
    (text) => {
      expect(isBuildToken(text)).toBe(false);
    },
  );
});

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const headerOf = (text: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;

function confused(): string {
  const body = `${part({ alg: 'HS256', kid: 'key-0', typ: 'JWT' })}.${part(claims())}`;
  const secret = createPublicKey(other.privateKey).export({ type: 'spki', format: 'pem' });
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

function changed(text: string): string {
  const [header, , signature] = text.split('.');
  return `${header ?? ''}.${part(claims({ repository_id: '1' }))}.${signature ?? ''}`;
}
