/** A session cookie, of this version or the one before, and whom the policy knows by it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { base, baseCommit, withValue } from '#core/policy/plan/snapshots.fixture.ts';
import type { Portal } from '../portal/index.ts';
import { withCookie } from './session.fixture.ts';
import { authOptions, sessionActor, sessionHostToken } from './web.ts';

let portal: Portal;
let row: { seq: bigint; commit: string; acceptedAt: Date; signers: string[] };
let folder: string;
beforeAll(async () => {
  // Options of the sign-in put the portal's address there.
  vi.stubEnv('NEXTAUTH_URL', undefined);
  folder = await mkdtemp(join(tmpdir(), 'session-'));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, 's'.repeat(40));
  row = { seq: 1n, commit: baseCommit, acceptedAt: new Date(), signers: [] };
  portal = {
    config: { publicUrl: 'http://127.0.0.1:1', auth: { secretFile, development: false } },
    db: { acceptedSnapshot: { findFirst: () => Promise.resolve(row) } },
    now: () => new Date(),
    policies: { at: () => Promise.resolve({ files: new Map(), snapshot: base }) },
  } as unknown as Portal;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const actorOf = (held: Readonly<Record<string, unknown>>) =>
  withCookie(portal, { development: false, name: 'Somebody', ...held }, () => sessionActor(portal));
const tokenOf = (held: Readonly<Record<string, unknown>>) =>
  withCookie(portal, { development: false, hostToken: 'secret-of-host', ...held }, () =>
    sessionHostToken(portal),
  );

describe('a session', () => {
  it('belongs to the person whom the policy knows by the account', async () => {
    expect(await actorOf({ identity: { host: 'github', id: '900003' } })).toMatchObject({
      kind: 'person',
      handle: 'demo-reviewer',
      identity: { host: 'github', id: '900003' },
    });
    expect(await actorOf({ identity: { host: 'github', id: '7' } })).toMatchObject({
      kind: 'account',
      identity: { host: 'github', id: '7' },
    });
  });

  it('of before the time of the sign-in was kept gets one as it is written anew, and keeps it', async () => {
    const jwt = authOptions(portal).callbacks?.jwt;
    const anew = (token: object) => jwt?.({ token, account: null } as unknown as Parameters<typeof jwt>[0]);
    const first = await anew({ githubId: '900003' });
    expect(first?.['signedInAt']).toBeCloseTo(Date.now(), -5);
    expect(await anew({ ...first, signedInAt: 1 })).toMatchObject({ signedInAt: 1 });
  });

  it('ends eight hours after the sign-in, however often it was asked for since', async () => {
    const held = { identity: { host: 'github', id: '900003' } };
    const hours = (count: number) => Date.now() - count * 3_600_000;
    expect(await actorOf({ ...held, signedInAt: hours(7.9) })).toMatchObject({ kind: 'person' });
    for (const signedInAt of [hours(8), hours(-1), 'now', null]) {
      expect(await actorOf({ ...held, signedInAt })).toEqual({ kind: 'public' });
      expect(await tokenOf({ ...held, signedInAt })).toBeNull();
    }
  });

  it('of the previous version remains valid: its id is GitHub’s', async () => {
    expect(await actorOf({ githubId: '900003' })).toMatchObject({ kind: 'person', handle: 'demo-reviewer' });
    expect(await tokenOf({ githubId: '900003' })).toEqual({ host: 'github', token: 'secret-of-host' });
  });

  it('on another host isn’t the person with the same id on this host', async () => {
    for (const held of [
      { identity: { host: 'gitlab', id: '900003' } },
      { identity: { host: '', id: '900003' } },
      { identity: { id: '900003' } },
      { identity: null, githubId: '900003' },
      { identity: { host: 'gitlab', id: '900003' }, githubId: '900003' },
      {},
    ])
      expect(await actorOf(held)).toEqual({ kind: 'public' });
  });

  it('on another server than the policy means is nobody’s, whatever the number', async () => {
    const [com, own] = ['https://gitlab.com', 'https://git.example'];
    const identity = { host: 'gitlab', id: '900003' };
    const known = withValue(base, 'people/demo-reviewer.yaml', ['identities'], { gitlab: '900003' });
    const moved = withValue(known, 'trust/root.yaml', ['accountHosts'], { gitlab: own });
    const kinds = async (snapshot: PolicySnapshot | null) => {
      const found = snapshot === null ? null : { ...row, commit: snapshot.commit };
      const db = { acceptedSnapshot: { findFirst: () => Promise.resolve(found) } };
      const policies = { at: () => Promise.resolve({ files: new Map(), snapshot }) };
      const there = { ...portal, db, policies } as unknown as Portal;
      const kind = async (held: object) =>
        (await withCookie(there, { development: false, identity, ...held }, () => sessionActor(there))).kind;
      return Promise.all([{ server: com }, { server: own }, { server: '' }, { server: 7 }, {}].map(kind));
    };
    const nobody = ['public', 'public', 'public'];
    expect(await kinds(known)).toEqual(['person', 'public', ...nobody]);
    expect(await kinds(moved)).toEqual(['public', 'person', ...nobody]);
    expect(await kinds(null)).toEqual(['account', 'public', ...nobody]);
    expect(await actorOf({ identity: { host: 'github', id: '900003' }, server: own })).toEqual({
      kind: 'public',
    });
  });

  it('has the token of the host that gave it, under that host’s name', async () => {
    expect(await tokenOf({ identity: { host: 'github', id: '7' } })).toEqual({
      host: 'github',
      token: 'secret-of-host',
    });
    expect(await tokenOf({ identity: { host: 'gitlab', id: '7' } })).toMatchObject({ host: 'gitlab' });
    expect(await tokenOf({ identity: { host: 'another', id: '7' } })).toBeNull();
    expect(await tokenOf({})).toBeNull();
  });
});
