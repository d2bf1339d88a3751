import { createHash, randomUUID, verify, X509Certificate } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pkcs11 from 'pkcs11js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testTokens } from '../../dev/test/index.ts';
import { openKeyRing } from '../rulings/trust/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../authorities/ceremony/index.ts';
import { claimedGrant, mintedAgain, releaseGrant } from './grant/grants.fixture.ts';
import { openKeyHolder, type KeyHolder, type SigningGrant } from './index.ts';
import { Pkcs11Token } from './token/index.ts';

let hsm: Awaited<ReturnType<typeof testTokens>>;
let keysDirectory: string;
let pinFile: string;
let journalNumber = 0;

beforeAll(async () => {
  hsm = await testTokens(['root', 'issuing', 'signing', 'timestamping', 'log']);
  keysDirectory = join(hsm.folder, 'keys');
  pinFile = hsm.pinFiles['signing'] ?? '';
  await ceremonyFor('widget');
});

async function ceremonyFor(...slugs: readonly string[]): Promise<void> {
  const token = (label: string) => ({ label, pin: { file: hsm.pinFiles[label] ?? '' } });
  await runCeremony({
    config: ceremonyConfigSchema.parse({
      version: 1,
      foundation: { name: 'Example' },
      keysDirectory,
      rootModulusBits: 3072,
      module: hsm.module,
      softhsmConf: hsm.configFile,
      tokens: {
        root: token('root'),
        issuing: token('issuing'),
        signing: token('signing'),
        timestamping: token('timestamping'),
        log: token('log'),
      },
      projects: slugs.map((slug) => ({
        slug,
        name: slug,
        program: 'executables',
        certificates: [
          { name: 'release', purpose: 'release' },
          ...(slug === 'widget' ? [{ name: 'curve', purpose: 'release', key: 'p-384' }] : []),
        ],
      })),
    }),
  });
}

afterAll(() => hsm.release());

const journalFile = (): string => join(hsm.folder, `keyholder-${journalNumber}`, 'journal.jsonl');

function options() {
  return {
    module: hsm.module,
    tokenLabel: 'signing',
    pin: { file: pinFile },
    softhsmConf: hsm.configFile,
    registryFile: join(keysDirectory, 'registry.json'),
    journalFile: journalFile(),
    rate: { signaturesPerMinuteMax: 1000 },
  };
}

function grant(change: Parameters<typeof releaseGrant>[0] = {}) {
  const digest = createHash('sha256').update(randomUUID()).digest();
  return releaseGrant({
    toBeSigned: Buffer.concat([Buffer.from([0x31, 34, 0x04, 32]), digest]),
    leafPath: ['widget.exe'],
    ...change,
  });
}

function isSignatureOf({ wire }: Pick<SigningGrant, 'wire'>, signature: Uint8Array): boolean {
  const certificate = new X509Certificate(readFileSync(join(keysDirectory, 'widget.release.pem')));
  return verify('sha256', Buffer.from(wire.toBeSigned, 'base64'), certificate.publicKey, signature);
}

describe('a key holder on a token', () => {
  let keyHolder: KeyHolder;
  beforeEach(async () => {
    journalNumber += 1;
    keyHolder = await openKeyHolder(options());
  });
  afterEach(() => keyHolder.close());

  it('signs many grants at once, each with the signature of its own bytes', async () => {
    const grants = Array.from({ length: 60 }, () => grant());
    const answers = await Promise.all(grants.map((wire) => keyHolder.sign(wire)));
    expect(answers.every(({ signature }, index) => isSignatureOf(grants[index] ?? grant(), signature))).toBe(
      true,
    );
  });

  it('signs with a key on a curve, by each hash, what its certificate verifies', async () => {
    const { publicKey } = new X509Certificate(readFileSync(join(keysDirectory, 'widget.curve.pem')));
    for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
      const wire = grant({ keyLabel: 'widget.curve', ...(hash === 'sha256' ? {} : { hash }) });
      const { signature } = await keyHolder.sign(wire);
      expect(verify(hash, Buffer.from(wire.wire.toBeSigned, 'base64'), publicKey, signature)).toBe(true);
      // Another ECDSA signature of the same bytes would be another one: the recorded one is given.
      expect((await keyHolder.sign(mintedAgain(wire.wire))).signature).toEqual(signature);
    }
  });

  it('is confined to its own files and can start no process', async () => {
    expect(await keyHolder.health()).toMatchObject({ ok: true, confined: true });
  });

  it('keeps the PIN out of its arguments and environment', async () => {
    const { pid } = await keyHolder.health();
    const pin = readFileSync(pinFile, 'utf8').trim();
    for (const file of process.platform === 'linux' ? ['cmdline', 'environ'] : []) {
      expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toContain(pin);
    }
  });

  it('fails what was in progress when its process dies, restarts it, and signs a grant once across both processes', async () => {
    const wire = grant();
    const { signature } = await keyHolder.sign(wire);
    const { pid } = await keyHolder.health();
    // Stopped before it is killed: the requests are on their way, and none is answered.
    process.kill(pid, 'SIGSTOP');
    const lost = Array.from({ length: 8 }, () => keyHolder.sign(grant()));
    const outcome = Promise.allSettled(lost);
    // Every request is handed to the pipe before the next turn of the event loop.
    await setImmediate();
    process.kill(pid, 'SIGKILL');
    const reasons = (await outcome).flatMap((promiseSettledResult) =>
      promiseSettledResult.status === 'rejected' ? [promiseSettledResult.reason as unknown] : [],
    );
    expect(reasons).toHaveLength(8);
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'CHILD_EXITED', retryable: true });
    expect((await keyHolder.sign(mintedAgain(wire.wire))).signature).toEqual(signature);
    const health = await keyHolder.health();
    expect(health.pid).not.toBe(pid);
    expect(health.ok).toBe(true);
  });

  it('reports that its token is gone, and signs again once it is back', async () => {
    const tokens = join(hsm.folder, 'softhsm', 'tokens');
    renameSync(tokens, `${tokens}-away`);
    try {
      await expect(keyHolder.sign(grant())).rejects.toMatchObject({ retryable: true });
      expect(await keyHolder.health()).toMatchObject({ ok: false });
    } finally {
      renameSync(`${tokens}-away`, tokens);
    }
    const wire = grant();
    expect(isSignatureOf(wire, (await keyHolder.sign(wire)).signature)).toBe(true);
    expect((await keyHolder.health()).reconnections).toBeGreaterThan(0);
  });

  it('knows the keys of a later ceremony after a restart, and keeps signing meanwhile', async () => {
    const ring = await openKeyRing(join(keysDirectory, 'registry.json'));
    await ceremonyFor('widget', 'sprocket');
    expect((await keyHolder.health()).keys).toEqual(['widget.release', 'widget.curve']);
    expect(await ring.refresh()).toBe(true);
    expect(await ring.refresh()).toBe(false);
    expect(ring.current().map((signingKey) => signingKey.entry.label)).toEqual([
      'widget.release',
      'widget.curve',
      'sprocket.release',
    ]);
    const [wire, during] = [grant(), grant()];
    await keyHolder.sign(wire);
    await Promise.all([keyHolder.restart(), keyHolder.sign(during).catch(() => undefined)]);
    expect((await keyHolder.health()).keys).toEqual(['widget.release', 'widget.curve', 'sprocket.release']);
    for (const signingGrant of [wire, during])
      expect(
        isSignatureOf(signingGrant, (await keyHolder.sign(mintedAgain(signingGrant.wire))).signature),
      ).toBe(true);
  });

  it('accepts nothing that wasn’t minted, whatever it states, and a grant only once', async () => {
    const minted = grant();
    const forged: unknown[] = [
      { wire: minted.wire },
      minted.wire,
      Object.create(minted),
      Object.create(Object.getPrototypeOf(minted) as object, { wire: { value: minted.wire } }),
    ];
    for (const one of forged)
      await expect(keyHolder.sign(claimedGrant(one))).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    await keyHolder.sign(minted);
    await expect(keyHolder.sign(minted)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect((await keyHolder.health()).journal.sequence).toBe(2);
  });

  it('refuses to start on a journal that was changed', async () => {
    await keyHolder.sign(grant());
    await keyHolder.close();
    const text = readFileSync(journalFile(), 'utf8');
    writeFileSync(journalFile(), text.replace('widget.exe', 'gadget.exe'));
    await expect(openKeyHolder(options())).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
    writeFileSync(journalFile(), text);
    appendFileSync(journalFile(), '{"cut off by a cra');
    await (await openKeyHolder(options())).close();
  });

  it('refuses grants after it was closed', async () => {
    await keyHolder.close();
    await expect(keyHolder.sign(grant())).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('opening a key holder', () => {
  beforeEach(() => {
    journalNumber += 1;
  });

  it('continues the journal of an earlier version, and answers from it what was already signed', async () => {
    const earlier = join(import.meta.dirname, 'holder', 'earlier-journal');
    const { head, grants } = JSON.parse(readFileSync(join(earlier, 'grants.json'), 'utf8')) as {
      readonly head: { readonly sequence: number };
      readonly grants: { readonly release: Extract<SigningGrant['wire'], { readonly purpose: 'release' }> };
    };
    mkdirSync(dirname(journalFile()), { recursive: true });
    copyFileSync(join(earlier, 'journal.jsonl'), journalFile());
    const keyHolder = await openKeyHolder(options());
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const asked = mintedAgain({ ...grants.release, expiresAt });
    expect(asked.wire.grantId).toBe(grants.release.grantId);
    const signature = Buffer.from((await keyHolder.sign(asked)).signature).toString('base64');
    expect(readFileSync(journalFile(), 'utf8')).toContain(`"signature":"${signature}"`);
    expect((await keyHolder.health()).journal).toEqual(head);
    await keyHolder.sign(grant());
    expect((await keyHolder.health()).journal.sequence).toBe(head.sequence + 2);
    await keyHolder.close();
  });

  it('cuts its journal into segments, confined as it is, and answers from them after a restart', async () => {
    const cut = { ...options(), segmentRecords: 4 };
    const first = await openKeyHolder(cut);
    const grants = Array.from({ length: 5 }, () => grant());
    const signatures: Uint8Array[] = [];
    for (const one of grants) signatures.push((await first.sign(one)).signature);
    const { journal } = await first.health();
    await first.close();
    expect(existsSync(`${journalFile()}.segments/000002.json`)).toBe(true);
    const again = await openKeyHolder(cut);
    expect((await again.health()).journal).toEqual(journal);
    for (const [index, one] of grants.entries())
      expect((await again.sign(mintedAgain(one.wire))).signature).toEqual(signatures[index]);
    expect((await again.health()).journal).toEqual(journal);
    await again.close();
  });

  it('tries a wrong PIN once, and names the token', async () => {
    const wrong = join(hsm.folder, 'wrong-pin');
    writeFileSync(wrong, '000000000000\n', { mode: 0o600 });
    await expect(openKeyHolder({ ...options(), pin: { file: wrong } })).rejects.toMatchObject({
      code: 'PIN_WRONG',
      message: expect.stringContaining('token signing') as string,
    });
  });

  it('takes the PIN from an environment variable, which only the child keeps for a moment', async () => {
    process.env['TEST_TOKEN_PIN'] = readFileSync(pinFile, 'utf8').trim();
    const keyHolder = await openKeyHolder({ ...options(), pin: { env: 'TEST_TOKEN_PIN' } });
    delete process.env['TEST_TOKEN_PIN'];
    expect(await keyHolder.health()).toMatchObject({ ok: true });
    await keyHolder.close();
  });

  it.each([
    ['TOKEN_NOT_FOUND', { tokenLabel: 'elsewhere' }],
    ['MODULE_NOT_FOUND', { module: '/nowhere/libhsm.so' }],
    ['MODULE_LOAD_FAILED', { module: '/etc/hostname' }],
    ['REGISTRY_INVALID', { registryFile: '/nowhere/registry.json' }],
  ])('fails with %s and a fix', async (code, change) => {
    await expect(openKeyHolder({ ...options(), ...change })).rejects.toMatchObject({ code });
  });
});

describe('a token in use', () => {
  /** A second user of the same module in this process, which can pull the connection away. */
  const second = new pkcs11.PKCS11();
  let token: Pkcs11Token;
  const toBeSigned = Buffer.from('31020500', 'hex');

  beforeAll(async () => {
    process.env['SOFTHSM2_CONF'] = hsm.configFile;
    const pin = readFileSync(pinFile, 'utf8').trim();
    token = Pkcs11Token.open({ module: hsm.module, tokenLabel: 'signing', pin, sessions: 4 });
    second.load(hsm.module);
  });
  afterAll(() => token.close());

  const closeSessions = (): void =>
    second.C_GetSlotList(true).forEach((slot) => second.C_CloseAllSessions(slot));
  it.each([
    ['its sessions are closed', closeSessions],
    ['the module is finalised', () => second.C_Finalize()],
  ])('keeps signing after %s, for every operation in progress', async (_, pull) => {
    const before = token.reconnections;
    await token.sign('widget.release', toBeSigned);
    pull();
    const signatures = await Promise.all(
      Array.from({ length: 12 }, () => token.sign('widget.release', toBeSigned)),
    );
    expect(new Set(signatures.map((signature) => Buffer.from(signature).toString('hex'))).size).toBe(1);
    expect(token.reconnections).toBe(before + 1);
  });

  it.each(['sha256', 'sha384', 'sha512'] as const)('signs by %s', async (hash) => {
    const { publicKey } = new X509Certificate(readFileSync(join(keysDirectory, 'widget.release.pem')));
    expect(verify(hash, toBeSigned, publicKey, await token.sign('widget.release', toBeSigned, hash))).toBe(
      true,
    );
  });

  it('names a missing key', async () => {
    await expect(token.sign('gadget.release', toBeSigned)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });
});
