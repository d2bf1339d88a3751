import { describe, expect, it } from 'vitest';
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
  actor: { kind: 'account', githubId: '7', name: 'Nora', development: false },
  now: () => now,
} as unknown as Context;

describe('a repository of one’s own', () => {
  it('is proved by the number of the account that one signed in with', async () => {
    await expect(proofByHost(nora, repository, null)).resolves.toMatchObject({ how: 'host' });
    await expect(proofByHost(nora, { ...repository, ownerId: '8' }, null)).resolves.toBeNull();
  });

  it('is not proved by the same number on another host', async () => {
    const another = { ...codeHosts.signIn };
    const place = { owner: 'nora', name: 'shelf' };
    const elsewhere = { ...codeHosts, find: () => ({ host: another, place }) };
    await expect(proofByHost({ ...nora, codeHosts: elsewhere }, repository, null)).resolves.toBeNull();
  });
});
