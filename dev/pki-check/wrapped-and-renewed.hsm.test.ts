/** Keys that are kept as files, on two tokens, and two certificates of one key: on real SoftHSM, judged by openssl and osslsigncode. */
import { execFile } from 'node:child_process';
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pkcs11 from 'pkcs11js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { certificateFromPem, serialOf } from '#core/pki/x509/index.ts';
import {
  backUpWrappedFiles,
  ceremonyConfigSchema,
  checkWrappedFiles,
  confirmRewrapped,
  restoreWrappedFiles,
  rewrapKeys,
  runCeremony,
  type CeremonyConfig,
  type CeremonyConfigInput,
  type CeremonyTranscript,
} from '../../signer/authorities/ceremony/index.ts';
import { transcriptFileName } from '../../signer/authorities/ceremony/transcript-note.ts';
import { startTimestampAuthority, tsaConfigSchema } from '../../signer/authorities/tsa/index.ts';
import { mintedAgain, releaseGrant } from '../../signer/keyholder/grant/grants.fixture.ts';
import { openKeyHolder, parseKeyRegistry, type KeyHolder } from '../../signer/keyholder/index.ts';
import { Pkcs11Module, Pkcs11Token } from '../../signer/keyholder/token/index.ts';
import { isInUse, newestOf, openKeyRing } from '../../signer/rulings/trust/index.ts';
import { testTokens } from '../test/index.ts';
import { lacksTools } from '../test/lacks.ts';
import { signProgram } from './foundation.ts';

const run = promisify(execFile);
const dayMs = 86_400_000;

let hsm: Awaited<ReturnType<typeof testTokens>>;
let input: CeremonyConfigInput;
let transcript: CeremonyTranscript;
let tsa: Awaited<ReturnType<typeof startTimestampAuthority>>;
const open: KeyHolder[] = [];
let journals = 0;

const keys = (...names: readonly string[]): string => join(hsm.folder, 'keys', ...names);
const pin = (label: string) => ({ file: hsm.pinFiles[label] ?? '' });
const configured = (change: Partial<CeremonyConfigInput> = {}): CeremonyConfig =>
  ceremonyConfigSchema.parse({ ...input, ...change });
const registry = () => parseKeyRegistry(readFileSync(keys('registry.json'), 'utf8'), 'registry.json');
const entryOf = (label: string) => {
  const entry = registry().keys.find((one) => one.label === label);
  if (entry === undefined) throw new Error(`${label} is in no registry`);
  return entry;
};
const certificate = (label: string): Uint8Array =>
  certificateFromPem(readFileSync(keys(`${label}.pem`), 'utf8'));

/** Two tokens for projects: the first keeps new keys as files and has room for three, the second as objects. */
const signing = [
  { label: 'signing', storage: 'wrapped' as const, keysMax: 3 },
  { label: 'signing-2', storage: 'token' as const },
];
const project = (slug: string, certificates: CeremonyConfigInput['projects'][number]['certificates']) =>
  ({ slug, name: slug, program: 'executables', certificates }) as const;
const widget = project('widget', [
  { name: 'release', purpose: 'release' },
  { name: 'curve', purpose: 'release', key: 'p-384' },
  { name: 'test', purpose: 'test' },
]);
const sprocket = project('sprocket', [{ name: 'release', purpose: 'release' }]);

async function openHolder(change: Partial<Parameters<typeof openKeyHolder>[0]> = {}): Promise<KeyHolder> {
  journals += 1;
  const keyHolder = await openKeyHolder({
    module: hsm.module,
    tokenLabel: 'signing',
    pin: pin('signing'),
    furtherTokens: [{ label: 'signing-2', pin: pin('signing-2') }],
    softhsmConf: hsm.configFile,
    registryFile: keys('registry.json'),
    journalFile: join(hsm.folder, `journal-${journals}`, 'journal.jsonl'),
    rate: { signaturesPerMinuteMax: 1000 },
    ...change,
  });
  open.push(keyHolder);
  return keyHolder;
}

function grant(label: string) {
  const [slug = ''] = label.split('.');
  const digest = createHash('sha256').update(randomUUID()).digest();
  const toBeSigned = Buffer.concat([Buffer.from([0x31, 34, 0x04, 32]), digest]);
  return releaseGrant({ keyLabel: label, project: slug, toBeSigned });
}

/** openssl's verdict over a signature of a grant's bytes, by the certificate of the label. */
async function opensslVerifies(label: string, bytes: Uint8Array, signature: Uint8Array): Promise<string> {
  const [publicKey, data, file] = ['key.pem', 'data', 'signature'].map((name) =>
    join(hsm.folder, `${randomUUID()}-${name}`),
  );
  if (publicKey === undefined || data === undefined || file === undefined) throw new Error('no names');
  const { stdout } = await run('openssl', ['x509', '-in', keys(`${label}.pem`), '-pubkey', '-noout']);
  writeFileSync(publicKey, stdout);
  writeFileSync(data, bytes);
  writeFileSync(file, signature);
  return (await run('openssl', ['dgst', '-sha256', '-verify', publicKey, '-signature', file, data])).stdout;
}

async function expectSigns(keyHolder: KeyHolder, label: string): Promise<void> {
  const asked = grant(label);
  const { signature } = await keyHolder.sign(asked);
  const verdict = await opensslVerifies(label, Buffer.from(asked.wire.toBeSigned, 'base64'), signature);
  expect(verdict).toContain('Verified OK');
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
/** The same file with another bit in what is wrapped. */
function forgedFrom(good: Buffer): string {
  const file = JSON.parse(good.toString('utf8')) as { readonly wrapped: string };
  const blob = Buffer.from(file.wrapped, 'base64');
  blob[100] = (blob[100] ?? 0) ^ 1;
  return JSON.stringify({ ...file, wrapped: blob.toString('base64') });
}

beforeAll(async () => {
  hsm = await testTokens(['root', 'issuing', 'signing', 'signing-2', 'timestamping', 'log']);
  const token = (label: string) => ({ label, pin: pin(label) });
  input = {
    version: 1,
    foundation: { name: 'Example Foundation' },
    keysDirectory: keys(),
    rootModulusBits: 3072,
    module: hsm.module,
    softhsmConf: hsm.configFile,
    tokens: {
      root: token('root'),
      issuing: token('issuing'),
      signing: signing.map((one) => ({ ...one, pin: pin(one.label) })),
      timestamping: token('timestamping'),
      log: token('log'),
    },
    projects: [widget, sprocket],
  };
  const dryRun = await runCeremony({ config: configured(), dryRun: true });
  expect(dryRun.keys.filter(({ storage }) => storage === 'wrapped').map(({ label }) => label)).toEqual([
    'widget.release',
    'widget.curve',
    'widget.test',
  ]);
  transcript = await runCeremony({ config: configured() });
  tsa = await startTimestampAuthority(
    tsaConfigSchema.parse({
      version: 1,
      serialFile: join(hsm.folder, 'tsa-serial'),
      keyHolder: {
        module: hsm.module,
        softhsmConf: hsm.configFile,
        tokenLabel: 'timestamping',
        pin: pin('timestamping'),
        registry: keys('registry.json'),
        journal: join(hsm.folder, 'tsa', 'journal.jsonl'),
      },
    }),
    () => undefined,
  );
});
afterEach(async () => {
  for (const keyHolder of open.splice(0)) await keyHolder.close();
});
afterAll(async () => {
  await tsa.close();
  await hsm.release();
});

describe('a ceremony with wrapped keys', () => {
  it('keeps them as files that one user reads, with their digests in the registry, and fills one token after the other', () => {
    const { wrapped, token } = entryOf('widget.release');
    expect(token).toBe('signing');
    const bytes = readFileSync(keys(wrapped?.file ?? ''));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(wrapped?.sha256);
    expect(statSync(keys('wrapped')).mode & 0o777).toBe(0o700);
    expect(statSync(keys(wrapped?.file ?? '')).mode & 0o777).toBe(0o600);
    expect(entryOf('sprocket.release')).toMatchObject({ token: 'signing-2' });
    expect(entryOf('sprocket.release').wrapped).toBeUndefined();
  });

  it('leaves no private key on the token, and a wrapping key that wraps and unwraps alone', () => {
    const described = transcript.tokens.find(({ label }) => label === 'signing');
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
    expect(transcript.keys.find(({ label }) => label === 'widget.curve')?.protection).toMatchObject({
      extractable: false,
      sensitive: true,
      wrappedBy: 'foundation-wrapping',
    });
  });

  it('holds nothing of the key in plain text: the file has no PKCS#8 in it', () => {
    const { wrapped } = JSON.parse(
      readFileSync(keys(entryOf('widget.release').wrapped?.file ?? ''), 'utf8'),
    ) as {
      readonly wrapped: string;
    };
    const bytes = Buffer.from(wrapped, 'base64');
    // OBJECT IDENTIFIER rsaEncryption, which every PKCS#8 of an RSA key begins with.
    expect(bytes.includes(Buffer.from('06092a864886f70d010101', 'hex'))).toBe(false);
    expect(bytes.length).toBeGreaterThan(1700);
  });

  it('keeps everything when it is held again, and picks up a key that an interruption left in no registry', async () => {
    const before = readFileSync(keys('registry.json'), 'utf8');
    const again = await runCeremony({ config: configured() });
    expect(again.keys.every(({ key, certificate: kept }) => key === 'kept' && kept === 'kept')).toBe(true);
    expect(readFileSync(keys('registry.json'), 'utf8')).toBe(before);
    const without = registry();
    writeFileSync(
      keys('registry.json'),
      JSON.stringify({ ...without, keys: without.keys.filter(({ label }) => label !== 'widget.test') }),
    );
    const picked = await runCeremony({ config: configured() });
    expect(picked.keys.find(({ label }) => label === 'widget.test')).toMatchObject({
      key: 'kept',
      certificate: 'made',
    });
  });

  it('refuses a wrapping key that gives keys back where a template is required, and one that could decrypt', async () => {
    const strict = configured({
      tokens: {
        ...input.tokens,
        signing: [{ label: 'signing', pin: pin('signing'), storage: 'wrapped', requireUnwrapTemplate: true }],
      },
      projects: [project('gadget', [{ name: 'release', purpose: 'release' }])],
    });
    await expect(runCeremony({ config: strict })).rejects.toMatchObject({ code: 'KEY_UNPROTECTED' });
    expect(readdirSync(keys('wrapped')).some((name) => name.startsWith('gadget'))).toBe(false);
    makeDecryptingKey('loose-wrapping');
    const loose = configured({
      tokens: {
        ...input.tokens,
        signing: [
          { label: 'signing', pin: pin('signing'), storage: 'wrapped', wrappingKey: 'loose-wrapping' },
        ],
      },
      projects: [project('gadget', [{ name: 'release', purpose: 'release' }])],
    });
    await expect(runCeremony({ config: loose })).rejects.toMatchObject({ code: 'KEY_EXTRACTABLE' });
  });
});

/** A key as somebody could make it by another program. */
function makeDecryptingKey(label: string): void {
  process.env['SOFTHSM2_CONF'] = hsm.configFile;
  const module = new pkcs11.PKCS11();
  module.load(hsm.module);
  module.C_Initialize();
  try {
    const slot = module
      .C_GetSlotList(true)
      .find((one) => module.C_GetTokenInfo(one).label.trimEnd() === 'signing');
    if (slot === undefined) throw new Error('no token');
    const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
    module.C_Login(session, pkcs11.CKU_USER, readFileSync(hsm.pinFiles['signing'] ?? '', 'utf8').trim());
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
    const keyHolder = await openHolder();
    const labels = ['widget.release', 'widget.curve', 'sprocket.release'];
    await Promise.all(
      Array.from({ length: 24 }, (_, index) => expectSigns(keyHolder, labels[index % 3] ?? '')),
    );
    const asked = grant('widget.curve');
    const { signature } = await keyHolder.sign(asked);
    expect((await keyHolder.sign(mintedAgain(asked.wire))).signature).toEqual(signature);
  });

  it('leaves no object behind, also where signing fails', async () => {
    process.env['SOFTHSM2_CONF'] = hsm.configFile;
    const module = Pkcs11Module.load(hsm.module);
    const secret = readFileSync(hsm.pinFiles['signing'] ?? '', 'utf8').trim();
    const token = Pkcs11Token.open({ module, tokenLabel: 'signing', pin: secret, sessions: 2 });
    try {
      const { readRegisteredKey } = await import('../../signer/keyholder/index.ts');
      const { wrapped, label } = entryOf('widget.release');
      if (wrapped === undefined) throw new Error('not wrapped');
      const key = readRegisteredKey(readFileSync(keys(wrapped.file)), label, wrapped);
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
      const other = new X509Certificate(certificate('sprocket.release')).publicKey;
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
    const keyHolder = await openHolder();
    const file = keys(entryOf('widget.release').wrapped?.file ?? '');
    const other = keys(entryOf('widget.test').wrapped?.file ?? '');
    const good = readFileSync(file);
    try {
      for (const bytes of [Buffer.from(forgedFrom(good)), readFileSync(other)]) {
        writeFileSync(file, bytes);
        await expect(keyHolder.sign(grant('widget.release'))).rejects.toMatchObject({
          code: 'WRAPPED_KEY_INVALID',
        });
      }
      rmSync(file);
      await expect(keyHolder.sign(grant('widget.release'))).rejects.toMatchObject({
        code: 'WRAPPED_KEY_INVALID',
      });
      await expectSigns(keyHolder, 'widget.curve');
    } finally {
      writeFileSync(file, good, { mode: 0o600 });
    }
    await expectSigns(keyHolder, 'widget.release');
  });

  it('refuses a blob that the token’s key didn’t wrap, though the registry names it', async () => {
    const entry = entryOf('widget.release');
    const file = keys(entry.wrapped?.file ?? '');
    const [good, listed] = [readFileSync(file), readFileSync(keys('registry.json'), 'utf8')];
    const forged = forgedFrom(good);
    try {
      writeFileSync(file, forged);
      writeFileSync(keys('registry.json'), listed.replace(entry.wrapped?.sha256 ?? '', digestOf(forged)));
      const keyHolder = await openHolder();
      await expect(keyHolder.sign(grant('widget.release'))).rejects.toThrow(/can't unwrap|WRAPPED_KEY|CKR_/);
    } finally {
      writeFileSync(file, good, { mode: 0o600 });
      writeFileSync(keys('registry.json'), listed);
    }
  });
});

describe('several tokens', () => {
  const away = (): string => join(hsm.folder, 'signing-2-away');
  /** SoftHSM keeps each token in a folder of its own. */
  function folderOf(label: string): string {
    const tokens = join(hsm.folder, 'softhsm', 'tokens');
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
      keyHolder = await openHolder();
      await expect(keyHolder.sign(grant('sprocket.release'))).rejects.toMatchObject({ retryable: true });
      await expectSigns(keyHolder, 'widget.release');
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
    await expectSigns(keyHolder, 'sprocket.release');
    await expectSigns(keyHolder, 'widget.release');
  });

  it('tries a wrong PIN of one once, whatever starts again, and signs with the other', async () => {
    const wrong = join(hsm.folder, 'wrong-pin');
    writeFileSync(wrong, '000000000000\n', { mode: 0o600 });
    const keyHolder = await openHolder({ furtherTokens: [{ label: 'signing-2', pin: { file: wrong } }] });
    await expect(keyHolder.sign(grant('sprocket.release'))).rejects.toMatchObject({ code: 'PIN_WRONG' });
    // With the right PIN in the file, another try would succeed: there is none.
    cpSync(hsm.pinFiles['signing-2'] ?? '', wrong);
    await keyHolder.restart();
    await expect(keyHolder.sign(grant('sprocket.release'))).rejects.toMatchObject({ code: 'PIN_WRONG' });
    await expectSigns(keyHolder, 'widget.release');
  });

  it('with none of them it doesn’t open', async () => {
    await expect(
      openHolder({ tokenLabel: 'elsewhere', furtherTokens: [{ label: 'nowhere', pin: pin('signing') }] }),
    ).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND', retryable: true });
  });
});

describe.skipIf(lacksTools('openssl', 'osslsigncode'))('two certificates of one key', () => {
  const later = new Date(Date.now() + 14 * dayMs).toISOString();
  const renewed = (notUsedBefore: string | null) => [
    project('widget', [
      {
        name: 'release',
        purpose: 'release',
        generation: 2,
        sameKeyAs: 1,
        ...(notUsedBefore === null ? {} : { notUsedBefore }),
      },
    ]),
  ];

  /** Where this test runs alone, none was made before it. */
  async function makeSuccessor(): Promise<void> {
    if (registry().keys.some(({ label }) => label === 'widget.release.2')) return;
    await runCeremony({ config: configured({ projects: renewed(null) }), tokens: ['issuing', 'signing'] });
  }

  async function judge(name: string, label: string): Promise<string> {
    const keyHolder = await openHolder();
    const file = join(hsm.folder, name);
    writeFileSync(file, await signProgram(keyHolder, certificate, tsa.url, label));
    const root = keys('foundation-root.pem');
    return (await run('osslsigncode', ['verify', '-CAfile', root, '-TSA-CAfile', root, '-in', file])).stdout;
  }

  it('are both judged good by openssl and osslsigncode, over files that each signed; the announced one signs nothing before its day', async () => {
    expect(await judge('first.exe', 'widget.release')).toMatch(/Signature verification: ok/);
    const made = await runCeremony({
      config: configured({ projects: renewed(later) }),
      tokens: ['issuing', 'signing'],
    });
    expect(made.keys.find(({ label }) => label === 'widget.release.2')).toMatchObject({
      keyLabel: 'widget.release',
      key: 'kept',
      certificate: 'made',
      notUsedBefore: later,
      rulesKept: expect.any(Number) as number,
    });
    expect(entryOf('widget.release.2')).toMatchObject({
      key: 'widget.release',
      notUsedBefore: later,
      token: 'signing',
    });
    const [first, second] = ['widget.release', 'widget.release.2'].map(
      (label) => new X509Certificate(certificate(label)),
    );
    expect(first?.publicKey.equals(second?.publicKey as never)).toBe(true);
    expect(serialOf(first as never)).not.toBe(serialOf(second as never));
    const { stdout } = await run('openssl', [
      'verify',
      '-CAfile',
      keys('foundation-root.pem'),
      '-untrusted',
      keys('foundation-issuing.pem'),
      '-purpose',
      'codesign',
      keys('widget.release.2.pem'),
    ]).catch(() =>
      run('openssl', [
        'verify',
        '-CAfile',
        keys('foundation-root.pem'),
        '-untrusted',
        keys('foundation-issuing.pem'),
        keys('widget.release.2.pem'),
      ]),
    );
    expect(stdout).toContain('OK');

    const keyHolder = await openHolder();
    await expect(keyHolder.sign(grant('widget.release.2'))).rejects.toMatchObject({
      code: 'CERTIFICATE_NOT_VALID_NOW',
      message: expect.stringContaining(later) as string,
    });
    const ring = (await openKeyRing(keys('registry.json')))
      .current()
      .filter(({ entry }) => entry.name === 'release' && entry.project === 'widget');
    const chosenAt = (at: Date) => newestOf(ring.filter((key) => isInUse(key, at)))?.entry.label;
    expect(chosenAt(new Date())).toBe('widget.release');
    expect(chosenAt(new Date(Date.parse(later)))).toBe('widget.release.2');

    writeFileSync(
      keys('registry.json'),
      readFileSync(keys('registry.json'), 'utf8').replace(later, new Date(Date.now() - 1000).toISOString()),
    );
    expect(await judge('second.exe', 'widget.release.2')).toMatch(/Signature verification: ok/);
    expect(
      await run('osslsigncode', [
        'verify',
        '-CAfile',
        keys('foundation-root.pem'),
        '-TSA-CAfile',
        keys('foundation-root.pem'),
        '-in',
        join(hsm.folder, 'first.exe'),
      ]).then(({ stdout: out }) => out),
    ).toMatch(/Signature verification: ok/);
  });

  it('keeps key and date when a ceremony names the certificate without them, and refuses another key for it', async () => {
    const before = entryOf('widget.release.2');
    await runCeremony({
      config: configured({
        projects: [project('widget', [{ name: 'release', purpose: 'release', generation: 2 }])],
      }),
    });
    expect(entryOf('widget.release.2')).toEqual(before);
    const other = configured({
      projects: [
        project('widget', [
          { name: 'release', purpose: 'release', generation: 3 },
          { name: 'release', purpose: 'release', generation: 4, sameKeyAs: 3 },
        ]),
      ],
    });
    const mismatched = {
      ...other,
      projects: other.projects.map((one) => ({
        ...one,
        certificates: one.certificates.map((made) => ({
          ...made,
          generation: made.generation === 4 ? 2 : 3,
          ...(made.generation === 4 ? { sameKeyAs: 3 } : {}),
        })),
      })),
    };
    await expect(runCeremony({ config: mismatched })).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
  });

  it('of which one is for another key are no registry', async () => {
    await makeSuccessor();
    const listed = readFileSync(keys('registry.json'), 'utf8');
    try {
      writeFileSync(
        keys('registry.json'),
        listed.replace('"certificate": "widget.release.2.pem"', '"certificate": "sprocket.release.pem"'),
      );
      await expect(openHolder()).rejects.toMatchObject({
        code: 'REGISTRY_INVALID',
        message: expect.stringContaining('no certificate of the key of widget.release.pem') as string,
      });
    } finally {
      writeFileSync(keys('registry.json'), listed);
    }
  });

  it('a successor for a key that isn’t there is refused', async () => {
    const missing = configured({
      projects: [project('gizmo', [{ name: 'release', purpose: 'release', generation: 2, sameKeyAs: 1 }])],
    });
    await expect(runCeremony({ config: missing })).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });
});

describe('rotation of the wrapping key, and backups', () => {
  const rotated = (): CeremonyConfig =>
    configured({
      tokens: {
        ...input.tokens,
        signing: signing.map((one) => ({
          ...one,
          pin: pin(one.label),
          ...(one.storage === 'wrapped' ? { wrappingKey: 'foundation-wrapping.2' } : {}),
        })),
      },
    });

  it('makes every file anew inside the token, keeps the ones before until they are confirmed, and the keys stay the same', async () => {
    const backup = join(hsm.folder, 'backup');
    const count = await backUpWrappedFiles(keys(), backup);
    expect(count).toBe(3);
    const before = entryOf('widget.release');
    expect(await rewrapKeys({ config: rotated() })).toHaveLength(3);
    const after = entryOf('widget.release');
    expect(after.wrapped?.by).toBe('foundation-wrapping.2');
    expect(after.wrappedBefore).toEqual(before.wrapped);
    expect((await checkWrappedFiles(keys())).map(({ problem }) => problem)).toEqual(
      Array.from({ length: 6 }, () => null),
    );
    const keyHolder = await openHolder();
    await expectSigns(keyHolder, 'widget.release');
    await expectSigns(keyHolder, 'widget.curve');
    expect(await rewrapKeys({ config: rotated() })).toEqual([]);
  });

  it('refuses to confirm a file that the token can’t unwrap, and removes nothing; then every one before goes', async () => {
    if (entryOf('widget.release').wrappedBefore === undefined) await rewrapKeys({ config: rotated() });
    const { wrapped, wrappedBefore } = entryOf('widget.release');
    const [file, before] = [keys(wrapped?.file ?? ''), keys(wrappedBefore?.file ?? '')];
    const [good, listed] = [readFileSync(file), readFileSync(keys('registry.json'), 'utf8')];
    const forged = forgedFrom(good);
    writeFileSync(file, forged);
    writeFileSync(keys('registry.json'), listed.replace(wrapped?.sha256 ?? '', digestOf(forged)));
    await expect(confirmRewrapped({ config: rotated() })).rejects.toThrow(/unwrap|CKR_/);
    expect(statSync(before).isFile()).toBe(true);
    writeFileSync(file, good, { mode: 0o600 });
    writeFileSync(keys('registry.json'), listed);
    const earlier = readFileSync(before);
    expect(await confirmRewrapped({ config: rotated() })).toHaveLength(3);
    expect(existsSync(before)).toBe(false);
    // As where it was cut off between the registry and the files.
    writeFileSync(before, earlier);
    expect(await confirmRewrapped({ config: rotated() })).toEqual([]);
    expect(existsSync(before)).toBe(false);
    expect(existsSync(file)).toBe(true);
    expect(entryOf('widget.release').wrappedBefore).toBeUndefined();
    await expectSigns(await openHolder(), 'widget.release');
    expect(await confirmRewrapped({ config: rotated() })).toEqual([]);
  });

  it('changes the registry only once the transcript is there: nothing is due afterwards that would have another one made', async () => {
    const now = new Date('2031-02-03T04:05:06Z');
    const listed = readFileSync(keys('registry.json'), 'utf8');
    const { wrapped } = entryOf('widget.release');
    const next = configured({
      tokens: {
        ...input.tokens,
        signing: signing.map((one) => ({
          ...one,
          pin: pin(one.label),
          ...(one.storage === 'wrapped' ? { wrappingKey: `${wrapped?.by ?? ''}-cut` } : {}),
        })),
      },
    });
    const inTheWay = keys(transcriptFileName({ ...transcript, at: now.toISOString() }));
    mkdirSync(join(inTheWay, 'full'), { recursive: true });
    await expect(rewrapKeys({ config: next, now })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    const more = configured({ projects: [project('gadget', [{ name: 'cut', purpose: 'release' }])] });
    await expect(runCeremony({ config: more, now })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(readFileSync(keys('registry.json'), 'utf8')).toBe(listed);
    rmSync(inTheWay, { recursive: true });
    expect(await rewrapKeys({ config: next, now })).not.toEqual([]);
    expect(existsSync(inTheWay)).toBe(true);
    await expectSigns(await openHolder(), 'widget.release');
    await confirmRewrapped({ config: next });
  });

  it('restores what is missing or changed, from a backup with exactly what the registry names', async () => {
    const [old, backup] = [join(hsm.folder, 'backup'), join(hsm.folder, 'backup-2')];
    await backUpWrappedFiles(keys(), backup);
    const file = entryOf('widget.release').wrapped?.file ?? '';
    rmSync(keys(file));
    expect(await checkWrappedFiles(keys())).toContainEqual({
      label: 'widget.release',
      file,
      problem: 'missing',
    });
    await expect(backUpWrappedFiles(keys(), join(hsm.folder, 'backup-3'))).rejects.toMatchObject({
      code: 'KEY_MISSING',
    });
    await expect(restoreWrappedFiles(keys(), old)).rejects.toMatchObject({ code: 'KEY_MISSING' });
    expect(await restoreWrappedFiles(keys(), backup)).toEqual([file]);
    expect((await checkWrappedFiles(keys())).every(({ problem }) => problem === null)).toBe(true);
    await expectSigns(await openHolder(), 'widget.release');
  });
});
