import { createHmac, createPublicKey, createSign, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lacksMaterial } from '../test/lacks.ts';
import { seededAccounts, seededRepositories, startGitHub, type GitHubFake } from './index.ts';
import { readDescription } from './openapi.ts';

const file = resolve(import.meta.dirname, '../../../shared/cases/github-openapi-slice.json');
let fake: GitHubFake;
beforeEach(async () => {
  fake = await startGitHub({ files: { 'foundation.yaml': 'name: Example\n' } });
});
afterEach(() => fake.stop());

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
function jwt(change: { header?: object; claims?: object; key?: string | KeyObject } = {}): string {
  const header = part({ alg: 'RS256', typ: 'JWT', ...change.header });
  const claims = { iss: fake.facts.appId, iat: nowSeconds() - 30, exp: nowSeconds() + 570, ...change.claims };
  const signed = `${header}.${part(claims)}`;
  const key = change.key ?? fake.privateKey;
  return `${signed}.${createSign('sha256').update(signed).sign(key, 'base64url')}`;
}
async function signIn(token: string): Promise<Response> {
  return fetch(`${fake.url}/app/installations/${fake.facts.installationId}/access_tokens`, {
    method: 'POST',
    headers: { authorization: `bearer ${token}` },
  });
}
const repository = (): string => `${fake.url}/repos/${fake.facts.owner}/${fake.facts.name}`;

describe('the GitHub fake', () => {
  it('issues a token for the app’s own JWT, and answers only to such tokens', async () => {
    const response = await signIn(jwt());
    expect(response.status).toBe(201);
    const { token } = (await response.json()) as { token: string };
    const get = async (authorization: string): Promise<number> =>
      (await fetch(repository(), { headers: { authorization } })).status;
    expect(await get(`token ${token}`)).toBe(200);
    expect(await get(`token ${token}x`)).toBe(401);
    expect(await get(`bearer ${jwt()}`)).toBe(401);
  });

  it('refuses JWTs that are unsigned, HMAC’d with the public key, of another app, or out of their time', async () => {
    const claims = { iss: fake.facts.appId, iat: nowSeconds(), exp: nowSeconds() + 500 };
    const unsigned = `${part({ alg: 'none' })}.${part(claims)}.`;
    const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    const publicKey = createPublicKey(fake.privateKey).export({ type: 'spki', format: 'pem' });
    const confused = `${body}.${createHmac('sha256', publicKey).update(body).digest('base64url')}`;
    const refused = [
      unsigned,
      confused,
      jwt({ claims: { iss: 1 } }),
      jwt({ claims: { exp: nowSeconds() - 1 } }),
      jwt({ claims: { exp: nowSeconds() + 3600 } }),
      jwt({ claims: { iat: nowSeconds() + 600 } }),
      `${jwt()}x`,
      '',
    ];
    for (const token of refused) expect((await signIn(token)).status, token).toBe(401);
  });

  it('answers 304 to the ETag it gave, until something changes', async () => {
    const { token } = (await (await signIn(jwt())).json()) as { token: string };
    const headers = { authorization: `token ${token}` };
    const at = `${repository()}/git/ref/heads%2Fmain`;
    const etag = (await fetch(at, { headers })).headers.get('etag') ?? '';
    expect((await fetch(at, { headers: { ...headers, 'if-none-match': etag } })).status).toBe(304);
    fake.people.push({ branch: 'main', changes: { 'README.md': 'new\n' } });
    expect((await fetch(at, { headers: { ...headers, 'if-none-match': etag } })).status).toBe(200);
  });
});

describe('people on it', () => {
  const ask = async (path: string, token?: string, init: RequestInit = {}) => {
    const headers = token === undefined ? {} : { authorization: `token ${token}` };
    const response = await fetch(`${fake.url}${path}`, { ...init, headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const nora = `dev-user-${seededAccounts.nora}`;

  it('see projects, and not the repository that an app is installed on; an installation sees that alone', async () => {
    expect((await ask('/repos/nora-newcomer/parcel-shelf')).body['id']).toBe(seededRepositories.parcelShelf);
    const { owner, name } = fake.facts;
    for (const token of [undefined, nora])
      expect((await ask(`/repos/${owner}/${name}`, token)).status).toBe(404);
    const { token } = (await (await signIn(jwt())).json()) as { token: string };
    expect((await ask('/repos/nora-newcomer/parcel-shelf', token)).status).toBe(404);
    expect((await ask(`/repos/${owner}/${name}`, token)).status).toBe(200);
  });

  it('write files where they may, and nobody else does', async () => {
    const path = '/repos/nora-newcomer/parcel-shelf/contents/docs/new.md';
    const put = { method: 'PUT', body: JSON.stringify({ message: 'New', content: btoa('new') }) };
    expect((await ask(path, undefined, put)).status).toBe(404);
    expect((await ask(path, `dev-user-${seededAccounts.sam}`, put)).status).toBe(404);
    expect((await ask(path, nora, { ...put, body: '{' })).status).toBe(422);
    expect((await ask(path, nora, put)).status).toBe(201);
    expect((await ask(path)).body).toMatchObject({ type: 'file', content: btoa('new') });
    expect((await ask('/repos/nora-newcomer/parcel-shelf', 'nobody-knows')).status).toBe(401);
  });

  it('are redirected to the new name of a renamed repository', async () => {
    fake.state.rename(seededRepositories.loom, 'looms');
    expect((await ask('/repos/wanda-weaver/loom')).body['name']).toBe('looms');
  });

  it('get answers that match GitHub’s description', async () => {
    const all = Object.values(seededRepositories).map((id) => `/repositories/${id}`);
    for (const path of all) {
      const { full_name: name, default_branch: branch } = (await ask(path)).body;
      expect((await ask(`/repos/${String(name)}`, nora)).status).toBe(200);
      expect((await ask(`/repos/${String(name)}/rules/branches/${String(branch)}`)).status).toBe(200);
    }
    expect(fake.misfits).toEqual([]);
    if (fake.described !== null) expect(fake.described.size).toBe(2);
  });
});

describe.skipIf(lacksMaterial(file))('validation by GitHub’s description', () => {
  it('finds a missing and a wrong field, and knows what it doesn’t describe', () => {
    const describes = readDescription(file);
    if (describes === null) throw new Error('the description is there and can’t be read');
    const object = { type: 'commit', sha: 'a'.repeat(40), url: 'https://api.github.com/x' };
    const whole = { ref: 'refs/heads/main', node_id: 'x', url: 'https://api.github.com/x', object };
    const template = '/repos/{owner}/{repo}/git/ref/{ref}';
    expect(describes('GET', template, 200, whole)).toBeNull();
    expect(describes('GET', template, 200, { ...whole, object: { ...object, sha: 'short' } })).toContain(
      'sha',
    );
    const { node_id: _gone, ...without } = whole;
    expect(describes('GET', template, 200, without)).toContain('node_id');
    expect(describes('GET', '/repos/{owner}/{repo}/pulls', 200, [])).toBeUndefined();
  });

  it('returns null for a file that doesn’t exist', () => {
    expect(readDescription('/nowhere/description.json')).toBeNull();
  });
});
