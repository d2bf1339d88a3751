import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parsePersonHandle, parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { createSshSignature, ed25519PublicKeyLine } from '../pki/sshsig/index.ts';
import {
  judgeTokenCommand,
  parseTokenCommand,
  StatementError,
  tokenCommand,
  tokenNamespace,
} from './index.ts';
import type { TokenCommand } from './index.ts';

const now = new Date('2026-11-28T12:00:00.000Z');
const common = {
  audience: 'https://sign.example',
  project: parseProjectSlug('widget'),
  nonce: '0b6c2b7e-54d1-4c66-9d0f-0a6f6a3c9f10',
  at: now.toISOString(),
};
const create: TokenCommand = {
  ...common,
  action: 'create',
  name: 'release workflow',
  policies: [parsePolicySlug('release-signing')],
  days: 90,
};
const commands: readonly TokenCommand[] = [
  { ...common, action: 'list' },
  create,
  { ...common, action: 'revoke', token: common.nonce, reason: 'It was in a log.' },
];

const person = (handle: string) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { handle: parsePersonHandle(handle), privateKey, keys: [ed25519PublicKeyLine(privateKey, handle)] };
};
const ada = person('ada');
const bob = person('bob');

const judge = (
  statement: string,
  { by = ada, namespace = tokenNamespace, people = [ada, bob], at = now, audience = common.audience } = {},
) =>
  judgeTokenCommand({
    statement,
    people,
    audience,
    now: at,
    signature: createSshSignature({
      privateKey: by.privateKey,
      message: new TextEncoder().encode(statement),
      namespace,
    }),
  });

describe('a signed command about tokens', () => {
  it.each(commands)('to $action is read back as it was written', (command) => {
    expect(parseTokenCommand(tokenCommand(command))).toEqual(command);
  });

  it('says who signed it', () => {
    expect(judge(tokenCommand(create), { by: bob })).toMatchObject({
      ok: true,
      handle: 'bob',
      command: create,
    });
  });

  it.each([
    ['for another portal', { audience: 'https://other.example' }, /meant for https:\/\/sign.example/],
    ['five minutes and a moment old', { at: new Date(now.getTime() + 300_001) }, /five minutes/],
    ['written in the future', { at: new Date(now.getTime() - 300_001) }, /five minutes/],
    ['signed for an approval', { namespace: 'countersign-approval' }, /namespace/],
    ['signed by a stranger', { people: [bob] }, /not listed/],
    ['signed with a key of two people', { people: [ada, { ...bob, keys: ada.keys }] }, /several people/],
  ])('is worth nothing %s', (_what, changes, reason) => {
    expect(judge(tokenCommand(create), changes)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('counts up to the fifth minute', () => {
    expect(judge(tokenCommand(create), { at: new Date(now.getTime() + 300_000) })).toMatchObject({
      ok: true,
    });
  });

  it('is worth nothing over another text', () => {
    const text = tokenCommand(create);
    const signature = createSshSignature({
      privateKey: ada.privateKey,
      message: new TextEncoder().encode(text),
      namespace: tokenNamespace,
    });
    const statement = text.replace('"days":90', '"days":91');
    expect(
      judgeTokenCommand({ statement, signature, people: [ada], audience: common.audience, now }).ok,
    ).toBe(false);
  });

  it.each([
    ['no JSON', 'x'],
    ['blanks', JSON.stringify(JSON.parse(tokenCommand(create)), null, 1)],
    ['another action', tokenCommand(create).replace('"create"', '"destroy"')],
    ['an action that is no text', tokenCommand(create).replace('"create"', '["create"]')],
    ['members of another action', tokenCommand(create).replace('"create"', '"list"')],
    ['a member more', tokenCommand(create).replace('{', '{"a":1,')],
    ['days as text', tokenCommand(create).replace(':90', ':"90"')],
    ['half a day', tokenCommand(create).replace(':90', ':90.5')],
    ['a policy that is a path', tokenCommand(create).replace('release-signing', '../x')],
    ['policies as text', tokenCommand(create).replace('["release-signing"]', '"release-signing"')],
    ['no time', tokenCommand(create).replace(common.at, 'today')],
    ['an address with a path', tokenCommand(create).replace('sign.example', 'sign.example/x')],
    ['no nonce', tokenCommand(create).replace(common.nonce, '1')],
    ['a name without end', tokenCommand(create).replace('release workflow', 'x'.repeat(501))],
    ['a lone surrogate', tokenCommand(create).replace('release workflow', '\\ud800')],
  ])('with %s is none', (_what, text) => {
    expect(() => parseTokenCommand(text)).toThrow(StatementError);
  });
});
