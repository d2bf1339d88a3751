import { beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import type { Identity } from '#core/identity/index.ts';
import { base, withValue } from '#core/policy/plan/snapshots.fixture.ts';
import { openCodeHosts } from '../platform/code-host/index.ts';
import type { CodeHost, HostedRepository, SignedInAs, UserToken } from '../platform/code-host/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { proofByHost } from './repository.ts';

const now = new Date('2026-11-29T12:00:00Z');
const gitlab = { server: 'https://gitlab.com', tokenFile: '/nowhere', url: 'http://127.0.0.1:9' };
const codeHosts = openCodeHosts({ config: { codeHost: { gitlab } }, now: () => now });
const repository: HostedRepository = {
  id: '1',
  ownerId: '7',
  ownerAccountId: '7',
  owner: 'nora',
  name: 'shelf',
  uri: 'https://github.com/nora/shelf',
  description: null,
  homepage: null,
  licence: null,
  defaultBranch: 'main',
  archived: false,
  fork: false,
  createdAt: now,
  pushedAt: null,
};
const onGitLab = { ...repository, uri: 'https://gitlab.com/nora/shelf', ownerId: '70' };
const asked: { readonly host: string; readonly who: SignedInAs }[] = [];
let permission: 'admin' | 'maintain' | 'push' | null = null;

const watched = (host: CodeHost): CodeHost => ({
  ...host,
  permissionOn: (_repository, who) => {
    asked.push({ host: host.name, who });
    return Promise.resolve(permission);
  },
});
const as = (identity: Identity): Context => {
  const find = (uri: string) => {
    const found = codeHosts.find(uri);
    return found === null ? null : { ...found, host: watched(found.host) };
  };
  const actor = { kind: 'account', identity, name: 'Nora', development: false };
  return { codeHosts: { ...codeHosts, find }, actor, now: () => now } as unknown as Context;
};
const nora = as(onGitHub('7'));
const noraOnGitLab = as({ host: 'gitlab', id: '7' });
const token: UserToken = { host: 'github', token: 'secret-of-github' };

beforeEach(() => {
  asked.length = 0;
  permission = null;
});

describe('a repository of one’s own', () => {
  it('is proved by the numeric id of the signed-in account', async () => {
    await expect(proofByHost(nora, base, repository, null)).resolves.toMatchObject({ how: 'host' });
    const others = { ...repository, ownerId: '8', ownerAccountId: '8' };
    await expect(proofByHost(nora, base, others, null)).resolves.toBeNull();
    await expect(proofByHost(noraOnGitLab, base, onGitLab, null)).resolves.toMatchObject({ how: 'host' });
  });

  it('is not proved by the same id on another host', async () => {
    await expect(proofByHost(nora, base, onGitLab, null)).resolves.toBeNull();
    await expect(proofByHost(noraOnGitLab, base, repository, null)).resolves.toBeNull();
    expect(asked).toEqual([]);
  });

  it('is not proved by a group’s number, which no account has', async () => {
    const ofGroup = { ...onGitLab, ownerId: '7', ownerAccountId: null };
    await expect(proofByHost(noraOnGitLab, base, ofGroup, null)).resolves.toBeNull();
  });

  it('is not proved by accounts of another server than the policy means', async () => {
    const moved = withValue(base, 'trust/root.yaml', ['accountHosts'], { gitlab: 'https://git.example' });
    permission = 'admin';
    await expect(proofByHost(noraOnGitLab, moved, onGitLab, null)).resolves.toBeNull();
    expect(asked).toEqual([]);
  });

  it('is proved by what the host lets the account do, asked with its own token and never another’s', async () => {
    const shared = { ...repository, ownerId: '8', ownerAccountId: '8' };
    const there = { ...onGitLab, ownerAccountId: null };
    for (const [given, is] of [
      [null, null],
      ['push', null],
      ['maintain', 'host'],
      ['admin', 'host'],
    ] as const) {
      permission = given;
      expect((await proofByHost(nora, base, shared, token))?.how ?? null).toBe(is);
      expect((await proofByHost(noraOnGitLab, base, there, token))?.how ?? null).toBe(is);
    }
    expect(asked.slice(0, 2)).toEqual([
      { host: 'github', who: { accountId: '7', userToken: 'secret-of-github' } },
      { host: 'gitlab', who: { accountId: '7', userToken: null } },
    ]);
  });
});
