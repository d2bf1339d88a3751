/** Which addresses GitLab vouches for. */
import { expect, it } from 'vitest';
import { verifiedOnGitLab } from './gitlab-sign-in.ts';

const config = { clientId: 'app', clientSecretFile: '/nowhere', server: 'https://gitlab.com' };
const time = '2026-01-01T00:00:00.000Z';
const answering =
  (answers: Readonly<Record<string, unknown>>): typeof fetch =>
  (address) => {
    const found = answers[new URL(address as string).pathname];
    return Promise.resolve(Response.json(found ?? {}, { status: found === undefined ? 404 : 200 }));
  };

it('are the confirmed ones of gitlab.com, and none of a server that may confirm anything', async () => {
  const ask = answering({
    '/api/v4/user': { email: 'ada@example.org', confirmed_at: time },
    '/api/v4/user/emails': [
      { email: 'second@example.org', confirmed_at: time },
      { email: 'typed@example.org', confirmed_at: null },
      { email: 'unsaid@example.org' },
    ],
  });
  expect(await verifiedOnGitLab(config, 'token', ask)).toEqual(['ada@example.org', 'second@example.org']);
  expect(await verifiedOnGitLab({ ...config, server: 'https://git.example' }, 'token', ask)).toEqual([]);
});

it('are none without a confirmed first one, and an error where the answer is another', async () => {
  const user = (primary: unknown, others: unknown = []) =>
    verifiedOnGitLab(config, 'token', answering({ '/api/v4/user': primary, '/api/v4/user/emails': others }));
  expect(await user({ email: 'ada@example.org', confirmed_at: null })).toEqual([]);
  expect(await user({ email: null })).toEqual([]);
  for (const [primary, others] of [[[]], [{}, {}], [undefined], [{}, [{ confirmed_at: time }]]] as const)
    await expect(user(primary, others)).rejects.toThrow();
});
