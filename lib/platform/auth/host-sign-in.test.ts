/** Signing in with GitHub and GitLab at next-auth's own handler, against hosts that hold it to OAuth's rules: who is signed in, and what signs nobody in. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSignInHost, type Account, type SignInHost } from '../../../dev/sign-in-host/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { base, baseCommit, withValue } from '#core/policy/plan/snapshots.fixture.ts';
import type { Portal } from '../portal/index.ts';
import { withHeaders } from './session.fixture.ts';
import { authOptions, sessionActor } from './web.ts';
// After Next.js has its AsyncLocalStorage, which the fixture gives it.
import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';

const publicUrl = 'http://127.0.0.1:1';
const callbackOf = (kind: string) => `${publicUrl}/api/auth/callback/${kind}`;
const clientSecret = 'secret of the app: 100% {odd}+&=';
const account = (id: number, login: string): Account => ({
  id,
  login,
  name: login,
  emails: [{ email: `${login}@example.org`, verified: true, primary: true }],
});

let folder: string;
const kinds = ['github', 'gitlab'] as const;
type Kind = (typeof kinds)[number];
let hosts: Record<Kind, SignInHost>;
let portal: Portal;
let clock = Date.now();
let policy: PolicySnapshot = base;
let accepted: object | null = null;
const vouched: unknown[] = [];
beforeAll(async () => {
  vi.stubEnv('NEXTAUTH_URL', undefined);
  folder = await mkdtemp(join(tmpdir(), 'sign-in-'));
  const [secretFile, clientSecretFile] = [join(folder, 'secret'), join(folder, 'client')];
  await writeFile(secretFile, 's'.repeat(40));
  await writeFile(clientSecretFile, `${clientSecret}\n`);
  const people = [account(7, 'ada'), account(8, 'eve')];
  const start = (kind: Kind) =>
    startSignInHost(
      [{ clientId: 'app', clientSecret, callbackUrl: callbackOf(kind) }],
      people,
      () => clock,
      kind,
    );
  hosts = { github: await start('github'), gitlab: await start('gitlab') };
  const app = { clientId: 'app', clientSecretFile };
  const github = { ...app, url: hosts.github.url, apiUrl: hosts.github.url };
  const gitlab = { ...app, url: hosts.gitlab.url, server: 'https://gitlab.com' };
  const write = (rows: unknown) => vouched.push(rows);
  portal = {
    config: { publicUrl, auth: { secretFile, development: false, github, gitlab } },
    now: () => new Date(clock),
    policies: { at: () => Promise.resolve({ files: new Map(), snapshot: policy }) },
    db: {
      acceptedSnapshot: { findFirst: () => Promise.resolve(accepted) },
      vouchedAddress: { deleteMany: write, createMany: write },
      $transaction: () => Promise.resolve([]),
    },
  } as unknown as Portal;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const host of Object.values(hosts)) await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  clock = Date.now();
  accepted = null;
  vouched.length = 0;
});

type Handler = (
  request: NextRequest,
  context: { params: Promise<{ nextauth: readonly string[] }> },
) => Promise<Response>;

/** A browser: keeps cookies, and follows nothing by itself. Each call is served by another portal with the same configuration. */
class Browser {
  readonly #jar = new Map<string, string>();
  readonly #kind: Kind;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  async call(method: 'GET' | 'POST', address: string, form?: URLSearchParams): Promise<Response> {
    const url = new URL(address, publicUrl);
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const request = new NextRequest(url, {
      method,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      ...(form === undefined ? {} : { body: form.toString() }),
    });
    const nextauth = url.pathname.split('/').slice(3);
    const handler = NextAuth(authOptions(portal)) as Handler;
    const answer = await withHeaders(new Headers({ cookie }), () =>
      handler(request, { params: Promise.resolve({ nextauth }) }),
    );
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '') this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
    return answer;
  }

  async within<T>(work: () => Promise<T>): Promise<T> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
    return withHeaders(new Headers({ cookie }), work);
  }

  /** The button → what the host would be asked. */
  async begin(): Promise<URL> {
    const { csrfToken } = (await (await this.call('GET', '/api/auth/csrf')).json()) as { csrfToken: string };
    const form = new URLSearchParams({ csrfToken, callbackUrl: '/messages', json: 'true' });
    const answer = await this.call('POST', `/api/auth/signin/${this.#kind}`, form);
    return new URL(((await answer.json()) as { url: string }).url);
  }

  /** The person says yes → where the host sends the browser. */
  async agree(asked: URL, id: number): Promise<URL> {
    const form = new URLSearchParams(asked.searchParams);
    form.set('account', String(id));
    const address = new URL('/login/oauth/decision', asked);
    const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? '');
  }

  async signIn(id: number, change: (callback: URL) => void = () => undefined): Promise<Response> {
    const callback = await this.agree(await this.begin(), id);
    change(callback);
    return this.call('GET', callback.href);
  }

  async who(): Promise<unknown> {
    return (await this.call('GET', '/api/auth/session')).json();
  }
}

describe.each(kinds)('signing in with %s', (kind) => {
  const host = () => hosts[kind];
  const scopes = { github: 'read:user user:email', gitlab: 'read_user' };
  it('is a person by the account’s number, with the addresses that the host calls verified', async () => {
    const browser = new Browser(kind);
    const asked = await browser.begin();
    expect(asked.origin).toBe(host().url);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      client_id: 'app',
      redirect_uri: callbackOf(kind),
      response_type: 'code',
      scope: scopes[kind],
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: expect.stringMatching(/^[\w-]{20,}$/) as string,
    });
    const callback = await browser.agree(asked, 7);
    const answer = await browser.call('GET', callback.href);
    expect(host().refusals).toEqual([]);
    expect(answer.headers.get('location')).toBe(`${publicUrl}/messages`);
    expect(await browser.who()).toMatchObject({ identity: { host: kind, id: '7' }, development: false });
    expect(vouched).toHaveLength(2);
  });

  it.each([
    ['another state', (callback: URL) => callback.searchParams.set('state', 'another')],
    ['no state', (callback: URL) => callback.searchParams.delete('state')],
    ['the name of another host', (callback: URL) => callback.searchParams.set('iss', 'https://evil.example')],
    ['no code', (callback: URL) => callback.searchParams.delete('code')],
    ['an invented code', (callback: URL) => callback.searchParams.set('code', 'f'.repeat(40))],
  ])('signs nobody in by an answer with %s', async (_what, change) => {
    const browser = new Browser(kind);
    const answer = await browser.signIn(7, change);
    expect(answer.headers.get('location')).toMatch(/[?&]error=/);
    expect(await browser.who()).toEqual({});
  });

  it('takes an answer in which the host names itself', async () => {
    const names = { github: `${hosts.github.url}/login/oauth`, gitlab: 'https://gitlab.com' };
    const browser = new Browser(kind);
    await browser.signIn(7, (callback) => callback.searchParams.set('iss', names[kind]));
    expect(await browser.who()).toMatchObject({ identity: { host: kind, id: '7' } });
  });

  it('signs nobody in who said no', async () => {
    const browser = new Browser(kind);
    expect((await browser.signIn(0)).headers.get('location')).toMatch(/[?&]error=/);
    expect(await browser.who()).toEqual({});
  });

  it('takes an answer in the browser that asked, once', async () => {
    const [browser, thief] = [new Browser(kind), new Browser(kind)];
    const callback = await browser.agree(await browser.begin(), 7);
    await thief.call('GET', callback.href);
    expect(await thief.who()).toEqual({});
    await browser.call('GET', callback.href);
    expect(await browser.who()).toMatchObject({ identity: { id: '7' } });
    const [again, other] = [new Browser(kind), new Browser(kind)];
    const used = await again.agree(await again.begin(), 7);
    await again.call('GET', used.href);
    await other.begin();
    await other.call('GET', used.href);
    expect(await other.who()).toEqual({});
  });

  it('binds a code to the browser that asked: put into another’s answer it counts for nothing', async () => {
    const [victim, thief] = [new Browser(kind), new Browser(kind)];
    const stolen = (await victim.agree(await victim.begin(), 7)).searchParams.get('code') ?? '';
    await thief.signIn(8, (callback) => callback.searchParams.set('code', stolen));
    expect(await thief.who()).toEqual({});
    expect(host().refusals.at(-1)).toBe('bad_verification_code');
  });

  it('ends with a code that is older than ten minutes', async () => {
    const browser = new Browser(kind);
    const callback = await browser.agree(await browser.begin(), 7);
    clock += 11 * 60_000;
    await browser.call('GET', callback.href);
    expect(await browser.who()).toEqual({});
  });
});

describe('two hosts', () => {
  it('each take their own answers alone: brought to the other’s address, one signs nobody in, and its code is shown to nobody', async () => {
    for (const [from, to] of [
      ['github', 'gitlab'],
      ['gitlab', 'github'],
    ] as const) {
      const browser = new Browser(from);
      const callback = await browser.agree(await browser.begin(), 7);
      const refusals = hosts[to].refusals.length;
      callback.searchParams.delete('iss');
      await browser.call('GET', `${callbackOf(to)}${callback.search}`);
      expect(await browser.who()).toEqual({});
      expect(hosts[to].refusals).toHaveLength(refusals);
    }
  });

  it('make two accounts of one number', async () => {
    const known = withValue(base, 'people/demo-reviewer.yaml', ['identities'], { gitlab: '7' });
    policy = known;
    accepted = { seq: 1n, commit: baseCommit, acceptedAt: new Date(), signers: [] };
    const actors = [];
    for (const kind of kinds) {
      const browser = new Browser(kind);
      await browser.signIn(7);
      actors.push(await browser.within(() => sessionActor(portal)));
    }
    expect(actors).toMatchObject([{ kind: 'account' }, { kind: 'person', handle: 'demo-reviewer' }]);
  });

  it('of which one is another GitLab than the policy means signs nobody in', async () => {
    policy = withValue(base, 'trust/root.yaml', ['accountHosts'], { gitlab: 'https://git.example' });
    accepted = { seq: 1n, commit: baseCommit, acceptedAt: new Date(), signers: [] };
    const browser = new Browser('gitlab');
    expect((await browser.signIn(7)).headers.get('location')).toMatch(/[?&]error=AccessDenied/);
    expect(await browser.who()).toEqual({});
  });
});
