import { describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { openCodeHosts } from '../platform/code-host/index.ts';
import type { HostedRepository } from '../platform/code-host/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { proofByHost } from './repository.ts';

const now = new Date('2026-11-29T12:00:00Z');
const codeHosts = openCodeHosts({ config: {}, now: () => now });
const repository: HostedRepository = {
  id: '1',
  ownerId: '7',
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
const nora = {
  codeHosts,
  actor: { kind: 'account', identity: onGitHub('7'), name: 'Nora', development: false },
  now: () => now,
} as unknown as Context;

describe('a repository of one’s own', () => {
  it('is proved by the numeric id of the signed-in account', async () => {
    await expect(proofByHost(nora, repository, null)).resolves.toMatchObject({ how: 'host' });
    await expect(proofByHost(nora, { ...repository, ownerId: '8' }, null)).resolves.toBeNull();
  });

  it('is not proved by the same id on another host', async () => {
    const another = { ...codeHosts.signIn, name: 'gitlab' };
    const place = { owner: 'nora', name: 'shelf' };
    const elsewhere = { ...codeHosts, find: () => ({ host: another, place }) };
    const there = { ...nora, codeHosts: elsewhere } as unknown as Context;
    await expect(proofByHost(there, repository, null)).resolves.toBeNull();
  });

  it('on another host is queried without the token of the sign-in host', async () => {
    const asked: string[] = [];
    const maintainedBy = (token: string) => {
      asked.push(token);
      return Promise.resolve([{ repository, permission: 'admin' }]);
    };
    const signIn = { ...codeHosts.signIn, maintainedBy };
    const place = { owner: 'nora', name: 'shelf' };
    const proofOn = (host: object) => {
      const hosts = { ...codeHosts, signIn, find: () => ({ host, place }) };
      const ctx = { ...nora, codeHosts: hosts } as unknown as Context;
      return proofByHost(ctx, { ...repository, ownerId: '8' }, 'token');
    };
    await expect(proofOn({ ...signIn, name: 'gitlab' })).resolves.toBeNull();
    expect(asked).toEqual([]);
    await expect(proofOn(signIn)).resolves.toMatchObject({ how: 'host' });
  });
});
