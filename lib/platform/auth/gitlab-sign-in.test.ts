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

it('are read within bounds, though the answer has no end', async () => {
  let sent = 0;
  const endless: typeof fetch = () =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += 1;
            if (sent > 100) throw new Error('more was read than anybody needs');
            controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
          },
        }),
      ),
    );
  await expect(verifiedOnGitLab(config, 'token', endless)).rejects.toThrow('more than 1048576 bytes');
  expect(sent).toBeLessThan(25);
});
