/** One key holder with two tokens, of which one is missing or refuses its PIN: on real SoftHSM. */
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KeyHolder } from '../../signer/keyholder/index.ts';
import { lacksTools } from '../test/lacks.ts';
import { grantFor, startKeysOnTwoTokens, type KeysOnTwoTokens } from './keys-on-two-tokens.fixture.ts';

let given: KeysOnTwoTokens;
beforeAll(async () => {
  given = await startKeysOnTwoTokens();
});
afterEach(() => given.closeHolders());
afterAll(() => given.release());

describe.skipIf(lacksTools('openssl'))('several tokens', () => {
  const away = (): string => join(given.hsm.folder, 'signing-2-away');
  /** SoftHSM keeps each token in a folder of its own. */
  function folderOf(label: string): string {
    const tokens = join(given.hsm.folder, 'softhsm', 'tokens');
    const found = readdirSync(tokens).find((name) =>
      readFileSync(join(tokens, name, 'token.object')).includes(Buffer.from(label.padEnd(32))),
    );
    if (found === undefined) throw new Error(`no folder for ${label}`);
    return join(tokens, found);
  }

  it('opens with one of them missing: its keys wait, the other’s sign, and health says which; later it is back', async () => {
    const folder = folderOf('signing-2');
    renameSync(folder, away());
    let keyHolder: KeyHolder;
    try {
      keyHolder = await given.openHolder();
      await expect(keyHolder.sign(grantFor('sprocket.release'))).rejects.toMatchObject({ retryable: true });
      await given.expectSigns(keyHolder, 'widget.release');
      const health = await keyHolder.health();
      expect(health.ok).toBe(false);
      expect(health.tokens.map(({ label, ok }) => [label, ok])).toEqual([
        ['signing', true],
        ['signing-2', false],
      ]);
      expect(health.detail).toContain('signing-2');
    } finally {
      renameSync(away(), folder);
    }
    await expect
      .poll(async () => (await keyHolder.health()).ok, { timeout: 60_000, interval: 500 })
      .toBe(true);
    await given.expectSigns(keyHolder, 'sprocket.release');
    await given.expectSigns(keyHolder, 'widget.release');
  });

  it('tries a wrong PIN of one once, whatever starts again, and signs with the other', async () => {
    const wrong = join(given.hsm.folder, 'wrong-pin');
    writeFileSync(wrong, '000000000000\n', { mode: 0o600 });
    const keyHolder = await given.openHolder({
      furtherTokens: [{ label: 'signing-2', pin: { file: wrong } }],
    });
    await expect(keyHolder.sign(grantFor('sprocket.release'))).rejects.toMatchObject({ code: 'PIN_WRONG' });
    // With the right PIN in the file, another try would succeed: there is none.
    cpSync(given.hsm.pinFiles['signing-2'] ?? '', wrong);
    await keyHolder.restart();
    await expect(keyHolder.sign(grantFor('sprocket.release'))).rejects.toMatchObject({ code: 'PIN_WRONG' });
    await given.expectSigns(keyHolder, 'widget.release');
  });

  it('with none of them it doesn’t open', async () => {
    await expect(
      given.openHolder({
        tokenLabel: 'elsewhere',
        furtherTokens: [{ label: 'nowhere', pin: given.pin('signing') }],
      }),
    ).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND', retryable: true });
  });
});
