import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { openUnsubscribeToken, unsubscribeHeaders, unsubscribeToken } from './unsubscribe.ts';

let folder: string;
const config = (name = 'secret', publicUrl = 'https://sign.example') => ({
  publicUrl,
  auth: { secretFile: join(folder, name), development: false },
});
const of = {
  account: onGitHub('7'),
  email: 'nora@example.org',
  kinds: ['request-denied', 'project-news'],
} as const;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-links-'));
  await writeFile(join(folder, 'secret'), 's'.repeat(40));
  await writeFile(join(folder, 'other'), 'o'.repeat(40));
});
afterAll(() => rm(folder, { recursive: true }));

const refused = expect.objectContaining({ code: 'LINK_INVALID' }) as unknown;
const read = (token: string, name?: string) => {
  try {
    const { a, k } = openUnsubscribeToken(config(name), token);
    return { accountId: a, kinds: k };
  } catch (error) {
    return error;
  }
};

describe('a link that stops e-mail', () => {
  it('names the kinds of its e-mail, and no address', () => {
    const token = unsubscribeToken(config(), of);
    expect(read(token)).toEqual({ accountId: '7', kinds: ['project-news', 'request-denied'] });
    expect(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).not.toContain('nora');
    expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/);
  });

  it('is valid only as this portal made it', () => {
    const token = unsubscribeToken(config(), of);
    const [text = '', seal = ''] = token.split('.');
    const other = Buffer.from(
      Buffer.from(text, 'base64url').toString().replace('"a":"7"', '"a":"8"'),
    ).toString('base64url');
    expect(other).not.toBe(text);
    const wrong = [
      '',
      '.',
      text,
      `${other}.${seal}`,
      `${text}.`,
      `${text}.${seal}.x`,
      `${token}x`,
      'x'.repeat(5000),
    ];
    for (const end of '-_0Qabcdefghijklmnopqrstuvwxyz')
      if (!seal.endsWith(end)) wrong.push(`${token.slice(0, -1)}${end}`);
    for (const each of wrong) expect(read(each), each.slice(0, 80)).toEqual(refused);
    expect(read(token, 'other')).toEqual(refused);
  });

  it('is offered for one click only over https', () => {
    const token = unsubscribeToken(config(), of);
    expect(unsubscribeHeaders(config(), token)).toEqual({
      'List-Unsubscribe': `<https://sign.example/api/unsubscribe/${token}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
    expect(Object.keys(unsubscribeHeaders(config('secret', 'http://127.0.0.1:1'), token))).toEqual([
      'List-Unsubscribe',
    ]);
  });
});
