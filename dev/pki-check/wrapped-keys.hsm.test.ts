/** Keys that are kept as files: how a ceremony makes them and a key holder signs with them, on real SoftHSM, judged by openssl. */
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import pkcs11 from 'pkcs11js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCeremony } from '../../signer/authorities/ceremony/index.ts';
import { mintedAgain } from '../../signer/keyholder/grant/grants.fixture.ts';
import { readRegisteredKey } from '../../signer/keyholder/index.ts';
import { Pkcs11Module, Pkcs11Token } from '../../signer/keyholder/token/index.ts';
import { lacksTools } from '../test/lacks.ts';
import {
  digestOf,
  forgedFrom,
  grantFor,
  project,
  startKeysOnTwoTokens,
  type KeysOnTwoTokens,
} from './keys-on-two-tokens.fixture.ts';

let given: KeysOnTwoTokens;
beforeAll(async () => {
  given = await startKeysOnTwoTokens();
});
afterEach(() => given.closeHolders());
afterAll(() => given.release());

describe('a ceremony with wrapped keys', () => {
  it('says in a dry run which it would keep as files', () => {
    expect(
      given.dryRun.keys.filter(({ storage }) => storage === 'wrapped').map(({ label }) => label),
    ).toEqual(['widget.release', 'widget.curve', 'widget.test']);
  });

  it('keeps them as files that one user reads, with their digests in the registry, and fills one token after the other', () => {
    const { wrapped, token } = given.entryOf('widget.release');
    expect(token).toBe('signing');
    const bytes = readFileSync(given.keys(wrapped?.file ?? ''));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(wrapped?.sha256);
    expect(statSync(given.keys('wrapped')).mode & 0o777).toBe(0o700);
    expect(statSync(given.keys(wrapped?.file ?? '')).mode & 0o777).toBe(0o600);
    expect(given.entryOf('sprocket.release')).toMatchObject({ token: 'signing-2' });
    expect(given.entryOf('sprocket.release').wrapped).toBeUndefined();
  });

  it('leaves no private key on the token, and a wrapping key that wraps and unwraps alone', () => {
    const described = given.transcript.tokens.find(({ label }) => label === 'signing');
    expect(described?.keys).toBe(0);
    expect(described?.wrappingKeys).toEqual([
      {
        label: 'foundation-wrapping',
        protection: {
          sensitive: true,
          extractable: false,
          alwaysSensitive: true,
          neverExtractable: true,
          local: true,
          wraps: true,
          unwraps: true,
          encrypts: false,
          decrypts: false,
          signs: false,
        },
        // SoftHSM's has no template for what it unwraps: the threat model says what that means.
        givesKeysBack: true,
      },
    ]);
    expect(given.transcript.keys.find(({ label }) => label === 'widget.curve')?.protection).toMatchObject({
      extractable: false,
      sensitive: true,
      wrappedBy: 'foundation-wrapping',
    });
  });

  it('holds nothing of the key in plain text: the file has no PKCS#8 in it', () => {
    const { wrapped } = JSON.parse(
      readFileSync(given.keys(given.entryOf('widget.release').wrapped?.file ?? ''), 'utf8'),
    ) as {
      readonly wrapped: string;
    };
    const bytes = Buffer.from(wrapped, 'base64');
    // OBJECT IDENTIFIER rsaEncryption, which every PKCS#8 of an RSA key begins with.
    expect(bytes.includes(Buffer.from('06092a864886f70d010101', 'hex'))).toBe(false);
    expect(bytes.length).toBeGreaterThan(1700);
  });

  it('keeps everything when it is held again, and picks up a key that an interruption left in no registry', async () => {
    const before = readFileSync(given.keys('registry.json'), 'utf8');
    const again = await runCeremony({ config: given.configured() });
    expect(again.keys.every(({ key, certificate: kept }) => key === 'kept' && kept === 'kept')).toBe(true);
    expect(readFileSync(given.keys('registry.json'), 'utf8')).toBe(before);
    const without = given.registry();
    writeFileSync(
      given.keys('registry.json'),
      JSON.stringify({ ...without, keys: without.keys.filter(({ label }) => label !== 'widget.test') }),
    );
    const picked = await runCeremony({ config: given.configured() });
    expect(picked.keys.find(({ label }) => label === 'widget.test')).toMatchObject({
      key: 'kept',
      certificate: 'made',
    });
  });

  it('refuses a wrapping key that gives keys back where a template is required, and one that could decrypt', async () => {
    const strict = given.configured({
      tokens: {
        ...given.input.tokens,
        signing: [
          { label: 'signing', pin: given.pin('signing'), storage: 'wrapped', requireUnwrapTemplate: true },
        ],
      },
      projects: [project('gadget', [{ name: 'release', purpose: 'release' }])],
    });
    await expect(runCeremony({ config: strict })).rejects.toMatchObject({ code: 'KEY_UNPROTECTED' });
    expect(readdirSync(given.keys('wrapped')).some((name) => name.startsWith('gadget'))).toBe(false);
    makeDecryptingKey('loose-wrapping');
    const loose = given.configured({
      tokens: {
        ...given.input.tokens,
        signing: [
          { label: 'signing', pin: given.pin('signing'), storage: 'wrapped', wrappingKey: 'loose-wrapping' },
        ],
      },
      projects: [project('gadget', [{ name: 'release', purpose: 'release' }])],
    });
    await expect(runCeremony({ config: loose })).rejects.toMatchObject({ code: 'KEY_EXTRACTABLE' });
  });
});

/** A key as somebody could make it by another program. */
function makeDecryptingKey(label: string): void {
  process.env['SOFTHSM2_CONF'] = given.hsm.configFile;
  const module = new pkcs11.PKCS11();
  module.load(given.hsm.module);
  module.C_Initialize();
  try {
    const slot = module
      .C_GetSlotList(true)
      .find((one) => module.C_GetTokenInfo(one).label.trimEnd() === 'signing');
    if (slot === undefined) throw new Error('no token');
    const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
    module.C_Login(
      session,
      pkcs11.CKU_USER,
      readFileSync(given.hsm.pinFiles['signing'] ?? '', 'utf8').trim(),
    );
    module.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
      { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
      { type: pkcs11.CKA_VALUE_LEN, value: 32 },
      { type: pkcs11.CKA_LABEL, value: label },
      { type: pkcs11.CKA_TOKEN, value: true },
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
      { type: pkcs11.CKA_WRAP, value: true },
      { type: pkcs11.CKA_UNWRAP, value: true },
      { type: pkcs11.CKA_DECRYPT, value: true },
    ]);
  } finally {
    module.C_Finalize();
    module.close();
  }
}

describe.skipIf(lacksTools('openssl'))('a key holder with wrapped keys', () => {
  it('signs what openssl verifies by their certificates, RSA and on a curve, many at once', async () => {
    const keyHolder = await given.openHolder();
    const labels = ['widget.release', 'widget.curve', 'sprocket.release'];
    await Promise.all(
      Array.from({ length: 24 }, (_, index) => given.expectSigns(keyHolder, labels[index % 3] ?? '')),
    );
    const asked = grantFor('widget.curve');
    const { signature } = await keyHolder.sign(asked);
    expect((await keyHolder.sign(mintedAgain(asked.wire))).signature).toEqual(signature);
  });

  it('leaves no object behind, also where signing fails', async () => {
    process.env['SOFTHSM2_CONF'] = given.hsm.configFile;
    const module = Pkcs11Module.load(given.hsm.module);
    const secret = readFileSync(given.hsm.pinFiles['signing'] ?? '', 'utf8').trim();
    const token = Pkcs11Token.open({ module, tokenLabel: 'signing', pin: secret, sessions: 2 });
    try {
      const { wrapped, label } = given.entryOf('widget.release');
      if (wrapped === undefined) throw new Error('not wrapped');
      const key = readRegisteredKey(readFileSync(given.keys(wrapped.file)), label, wrapped);
      const count = (): Promise<number> =>
        token.use('counting', ({ cryptoki, handle }) => {
          cryptoki.C_FindObjectsInit(handle, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY }]);
          const found = cryptoki.C_FindObjects(handle, 100).length;
          cryptoki.C_FindObjectsFinal(handle);
          return Promise.resolve(found);
        });
      await token.sign(key, Buffer.from('31020500', 'hex'));
      expect(await count()).toBe(0);
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('begun');
        await Promise.resolve();
        throw new Error('cut off');
      };
      await expect(token.signChunks(key, broken, 'sha256')).rejects.toMatchObject({
        code: 'TOKEN_REFUSED',
      });
      expect(await count()).toBe(0);
      // A digest that is too long for the key: the token itself fails.
      await expect(token.signDigest(key, new Uint8Array(4096), 'sha256')).rejects.toThrow('CKR_');
      expect(await count()).toBe(0);
      // The public key that the file says is another one's: nothing is signed with it.
      const other = new X509Certificate(given.certificate('sprocket.release')).publicKey;
      await expect(
        token.sign({ ...key, publicKey: other }, Buffer.from('31020500', 'hex')),
      ).rejects.toMatchObject({
        code: 'WRAPPED_KEY_INVALID',
      });
      expect(await count()).toBe(0);
    } finally {
      await token.close();
      await module.close();
    }
  });

  it('signs with no file but the registry’s: not a changed one, another key’s or one that is gone', async () => {
    const keyHolder = await given.openHolder();
    const file = given.keys(given.entryOf('widget.release').wrapped?.file ?? '');
    const other = given.keys(given.entryOf('widget.test').wrapped?.file ?? '');
    const good = readFileSync(file);
    try {
      for (const bytes of [Buffer.from(forgedFrom(good)), readFileSync(other)]) {
        writeFileSync(file, bytes);
        await expect(keyHolder.sign(grantFor('widget.release'))).rejects.toMatchObject({
          code: 'WRAPPED_KEY_INVALID',
        });
      }
      rmSync(file);
      await expect(keyHolder.sign(grantFor('widget.release'))).rejects.toMatchObject({
        code: 'WRAPPED_KEY_INVALID',
      });
      await given.expectSigns(keyHolder, 'widget.curve');
    } finally {
      writeFileSync(file, good, { mode: 0o600 });
    }
    await given.expectSigns(keyHolder, 'widget.release');
  });

  it('refuses a blob that the token’s key didn’t wrap, though the registry names it', async () => {
    const entry = given.entryOf('widget.release');
    const file = given.keys(entry.wrapped?.file ?? '');
    const [good, listed] = [readFileSync(file), readFileSync(given.keys('registry.json'), 'utf8')];
    const forged = forgedFrom(good);
    try {
      writeFileSync(file, forged);
      writeFileSync(
        given.keys('registry.json'),
        listed.replace(entry.wrapped?.sha256 ?? '', digestOf(forged)),
      );
      const keyHolder = await given.openHolder();
      await expect(keyHolder.sign(grantFor('widget.release'))).rejects.toThrow(
        /can't unwrap|WRAPPED_KEY|CKR_/,
      );
    } finally {
      writeFileSync(file, good, { mode: 0o600 });
      writeFileSync(given.keys('registry.json'), listed);
    }
  });
});
