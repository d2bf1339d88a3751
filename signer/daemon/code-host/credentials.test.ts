import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { openCredentials } from './credentials.ts';
import type { Exchange, Sent } from './send.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const api = 'https://api.example';
const shared = { api, requestsPerHourMax: 100, timeoutSeconds: 1 };
const repository = '/repos/owner/widget';
let at = Date.parse('2026-11-30T00:00:00Z');
const now = (): Date => new Date(at);

async function fileOf(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'signer-key-')), 'secret');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

const answer = (status: number, body: unknown): Exchange => ({
  kind: 'answer',
  status,
  headers: new Headers(),
  body,
  bytes: 0,
  sha256: parseSha256Hex('0'.repeat(64)),
});

/** A host that gives out tokens for an hour. */
function host(refusal: Exchange | null = null) {
  const sent: Sent[] = [];
  const send = (one: Sent): Promise<Exchange> => {
    sent.push(one);
    if (refusal !== null) return Promise.resolve(refusal);
    if (one.method === 'GET') return Promise.resolve(answer(200, { id: 77 }));
    const expires = new Date(at + 3_600_000).toISOString();
    return Promise.resolve(answer(201, { token: `ghs_${sent.length}`, expires_at: expires }));
  };
  return { sent, send };
}

describe('an App', () => {
  test('proves itself by its key, and gets a token that reads one repository', async () => {
    const { sent, send } = host();
    const app = { id: 42, key: await fileOf(privateKey) };
    const credentials = openCredentials({ ...shared, app }, send, now);
    expect(await credentials.token(repository)).toBe('ghs_2');
    expect(sent.map(({ method, url }) => [method, url])).toEqual([
      ['GET', `${api}${repository}/installation`],
      ['POST', `${api}/app/installations/77/access_tokens`],
    ]);
    expect(sent[1]?.body).toEqual({
      repositories: ['widget'],
      permissions: { actions: 'read', administration: 'read', contents: 'read', metadata: 'read' },
    });
    const [head = '', claims = '', signature = ''] = sent[0]?.token.split('.') ?? [];
    const key = createPublicKey(publicKey);
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(
      true,
    );
    const seconds = at / 1000;
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iat: seconds - 60,
      exp: seconds + 540,
      iss: '42',
    });
  });

  test('keeps a token of a repository until it is nearly over', async () => {
    const { sent, send } = host();
    const app = { id: 42, key: await fileOf(privateKey) };
    const credentials = openCredentials({ ...shared, app }, send, now);
    await credentials.token(repository);
    at += 54 * 60_000;
    await credentials.token(repository);
    expect(sent).toHaveLength(2);
    await credentials.token('/repos/owner/other');
    expect(sent).toHaveLength(4);
    at += 2 * 60_000;
    await credentials.token(repository);
    expect(sent).toHaveLength(6);
  });

  test.each([
    ['isn’t installed', answer(404, { message: 'Not Found' })],
    ['is suspended', answer(403, null)],
    ['isn’t answered', { kind: 'silent', problem: 'the connection failed' } as const],
    ['is answered by a page', answer(200, { id: 'x' })],
  ])('that %s decides nothing', async (_what, refusal) => {
    const { send } = host(refusal);
    const app = { id: 42, key: await fileOf(privateKey) };
    const asked = openCredentials({ ...shared, app }, send, now).token(repository);
    await expect(asked).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE' });
  });

  test('whose key is none is told to operators, without the key', async () => {
    const { sent, send } = host();
    const app = { id: 42, key: await fileOf('secret words') };
    const asked = openCredentials({ ...shared, app }, send, now).token(repository);
    await expect(asked).rejects.toMatchObject({
      code: 'HOST_UNAVAILABLE',
      message: expect.not.stringContaining('secret words') as string,
    });
    expect(sent).toEqual([]);
  });
});

test('a token is read anew for each look, so that a renewed one counts', async () => {
  const { sent, send } = host();
  const file = await fileOf('first\n');
  const credentials = openCredentials({ ...shared, token: { file } }, send, now);
  expect(await credentials.token(repository)).toBe('first');
  await writeFile(file, 'second');
  expect(await credentials.token(repository)).toBe('second');
  expect(sent).toEqual([]);
  const missing = openCredentials({ ...shared, token: { file: `${file}.none` } }, send, now);
  await expect(missing.token(repository)).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE' });
});
