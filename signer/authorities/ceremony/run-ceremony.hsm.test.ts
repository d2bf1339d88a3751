import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pkcs11 from 'pkcs11js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testTokens } from '../../../dev/test/index.ts';
import {
  ceremonyConfigSchema,
  runCeremony,
  verifyTranscript,
  witnessNamespace,
  type CeremonyConfig,
  type CeremonyTranscript,
} from './index.ts';
import { planDigest } from './plan-digest.ts';

const labels = ['root', 'issuing', 'signing', 'timestamping', 'log'];
let hsm: Awaited<ReturnType<typeof testTokens>>;
let keysDirectory: string;
let config: CeremonyConfig;
let first: CeremonyTranscript;
let witnessKey: string;

beforeAll(async () => {
  hsm = await testTokens(labels);
  keysDirectory = join(hsm.folder, 'keys');
  witnessKey = join(hsm.folder, 'ada');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', witnessKey]);
  const token = (label: string) => ({ label, pin: { file: hsm.pinFiles[label] ?? '' } });
  config = ceremonyConfigSchema.parse({
    version: 1,
    foundation: { name: 'Example Foundation', country: 'AT' },
    keysDirectory,
    module: hsm.module,
    softhsmConf: hsm.configFile,
    rootModulusBits: 3072,
    witnesses: [{ name: 'ada', key: readFileSync(`${witnessKey}.pub`, 'utf8').trim() }],
    tokens: {
      root: token('root'),
      issuing: token('issuing'),
      signing: token('signing'),
      timestamping: token('timestamping'),
      log: token('log'),
    },
    projects: [
      {
        slug: 'widget',
        name: 'Widget',
        program: 'executables',
        certificates: [
          { name: 'release', purpose: 'release' },
          { name: 'test', purpose: 'test' },
        ],
      },
    ],
  });
  const dryRun = await runCeremony({ config, dryRun: true });
  expect(dryRun.keys.map((key) => [key.label, key.key])).toEqual([
    ['foundation-root', 'made'],
    ['foundation-issuing', 'made'],
    ['foundation-timestamp', 'made'],
    ['foundation-ocsp', 'made'],
    ['widget.release', 'made'],
    ['widget.test', 'made'],
  ]);
  expect(() => readdirSync(keysDirectory)).toThrow('ENOENT');
  first = await runCeremony({ config });
});

afterAll(() => hsm.release());

const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: keysDirectory, encoding: 'utf8', stdio: 'pipe' });

describe('a key ceremony', () => {
  it('makes every key on its token, not extractable, and says so in the transcript', () => {
    expect(first.keys).toHaveLength(6);
    for (const key of first.keys) {
      expect(key).toMatchObject({ key: 'made', certificate: 'made', protection: { protected: true } });
    }
  });

  it('has a transcript signed by the log’s key, and says of each witness whether they signed', () => {
    const notes = readdirSync(keysDirectory).filter((name) => name.startsWith('ceremony-'));
    expect(notes).toHaveLength(1);
    const note = readFileSync(join(keysDirectory, notes[0] ?? ''), 'utf8');
    const key = readFileSync(join(keysDirectory, 'foundation-log.vkey'), 'utf8');
    expect(key).toMatch(/^example-foundation\/countersign\+/);
    const unsigned = verifyTranscript(note, key, []);
    expect(unsigned.made).toHaveLength(6);
    expect(unsigned.witnesses).toEqual([{ name: 'ada', problem: 'has not signed' }]);
    const file = join(hsm.folder, 'note');
    const signed = (text: string, namespace: string): string => {
      writeFileSync(file, text);
      rmSync(`${file}.sig`, { force: true });
      execFileSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', witnessKey, file], { stdio: 'pipe' });
      return readFileSync(`${file}.sig`, 'utf8');
    };
    const [good] = verifyTranscript(note, key, [signed(note, witnessNamespace)]).witnesses;
    expect(good?.problem).toBeNull();
    const [other] = verifyTranscript(note, key, [signed(note, 'git')]).witnesses;
    expect(other?.problem).toContain('namespace');
    const [changed] = verifyTranscript(note, key, [signed(`${note} `, witnessNamespace)]).witnesses;
    expect(changed?.problem).toContain('not over this text');
    expect(() => verifyTranscript(note.replace('"made"', '"kept"'), key, [])).toThrow('it was changed');
  });

  it('describes each token, and lists unknown keys on it', async () => {
    expect(first.tokens.map(({ role, keys }) => [role, keys])).toEqual([
      ['signing', 2],
      ['timestamping', 1],
      ['issuing', 2],
      ['root', 1],
    ]);
    const project = {
      slug: 'gadget',
      name: 'Gadget',
      program: 'components' as const,
      certificates: [{ name: 'only', purpose: 'test' as const }],
    };
    const { projects } = ceremonyConfigSchema.parse({ ...config, projects: [project] });
    const dryRun = await runCeremony({
      config: { ...config, projects, keysDirectory: `${keysDirectory}-empty` },
      dryRun: true,
    });
    expect(dryRun.tokens[0]?.notRegistered).toEqual(['widget.release', 'widget.test']);
  });

  it('gives equal plans the same number, and different plans different ones', async () => {
    const plan = async (of: CeremonyConfig): Promise<string> =>
      planDigest(await runCeremony({ config: of, dryRun: true }), of);
    expect(await plan(config)).toBe(await plan(config));
    expect(await plan(config)).not.toBe(await plan({ ...config, fips: true }));
  });

  it('follows the rules of FIPS if configured to', async () => {
    const again = await runCeremony({ config: { ...config, fips: true }, dryRun: true });
    expect(again.fips).toBe(true);
  });

  it('refuses a log key other than the one that signed before', async () => {
    const attempt = runCeremony({ config: { ...config, logName: 'elsewhere' } });
    await expect(attempt).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
  });

  it('issues certificates that openssl accepts for their purposes', () => {
    const chain = ['-CAfile', 'foundation-root.pem', '-untrusted', 'foundation-issuing.pem'];
    expect(openssl('verify', '-x509_strict', ...chain, 'widget.release.pem')).toContain('OK');
    expect(
      openssl('verify', '-x509_strict', ...chain, '-purpose', 'timestampsign', 'foundation-timestamp.pem'),
    ).toContain('OK');
  });

  it('names the foundation as organisation and marks test certificates, which nobody’s root vouches for', () => {
    const subjects = Object.fromEntries(first.keys.map((key) => [key.label, key.issued?.subject]));
    expect(subjects['widget.release']).toBe('C=AT, O=Example Foundation, CN=Example Foundation (Widget)');
    expect(subjects['widget.test']).toBe(
      'C=AT, O=Example Foundation, CN=TEST ONLY: Example Foundation (Widget)',
    );
    expect(() => openssl('verify', '-CAfile', 'foundation-root.pem', 'widget.test.pem')).toThrow();
  });

  it('keeps all that exists when it runs again, byte for byte', async () => {
    const others = () => readdirSync(keysDirectory).filter((name) => name !== 'foundation-root.crl');
    const before = others().map((name) => readFileSync(join(keysDirectory, name), 'utf8'));
    const again = await runCeremony({ config });
    expect(again.keys.every((key) => key.key === 'kept' && key.certificate === 'kept')).toBe(true);
    const after = others().map((name) => readFileSync(join(keysDirectory, name), 'utf8'));
    expect(after).toEqual(before);
  });

  it('makes a root revocation list each time, which openssl accepts and which lists a revoked CA', async () => {
    const list = (): string =>
      openssl(
        'crl',
        '-in',
        'foundation-root.crl',
        '-CAfile',
        'foundation-root.pem',
        '-text',
        '-noout',
        '-verify',
      );
    expect(list()).toContain('No Revoked Certificates.');
    const effectiveAt = '2026-11-20T00:00:00Z';
    const revoked = [{ label: 'foundation-timestamp', reason: 'keyCompromise' as const, effectiveAt }];
    const { rootList } = await runCeremony({ config: { ...config, revoked } });
    expect(rootList?.revoked).toHaveLength(1);
    expect(list()).toMatch(/X509v3 CRL Number: \s+3\s/);
    expect(list().toLowerCase().replaceAll(':', '')).toContain(`serial number ${rootList?.revoked[0]}`);
    openssl('crl', '-in', 'foundation-root.crl', '-out', 'root-list.pem');
    const trust = ['-CAfile', 'foundation-root.pem', '-CRLfile', 'root-list.pem', '-crl_check'];
    const verify = (name: string) => () => openssl('verify', ...trust, '-purpose', 'any', `${name}.pem`);
    expect(verify('foundation-timestamp')).toThrow('certificate revoked');
    expect(verify('foundation-issuing')()).toContain('OK');
    // Nothing is ever taken off a list: the ceremonies after this one begin a new one.
    rmSync(join(keysDirectory, 'foundation-root.crl'));
  });

  it('refuses to list what isn’t under the root', async () => {
    const revoked = [
      { label: 'widget.release', reason: 'superseded' as const, effectiveAt: '2026-11-20T00:00:00Z' },
    ];
    await expect(runCeremony({ config: { ...config, revoked } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('widget.release') as string,
    });
  });

  it('adds a project under the same issuing CA, with keys on curves', async () => {
    const gadget = {
      slug: 'gadget',
      name: 'Gadget',
      program: 'components' as const,
      ownKeys: [
        {
          name: 'pgp',
          purpose: 'openpgp' as const,
          serves: 'release' as const,
          generation: 1,
          key: 'rsa-3072' as const,
        },
        {
          name: 'raw',
          purpose: 'raw' as const,
          serves: 'test' as const,
          generation: 1,
          key: 'p-256' as const,
        },
      ],
      certificates: [
        { name: 'release', purpose: 'release' as const, generation: 1, key: 'p-256' as const },
        { name: 'preview', purpose: 'test' as const, generation: 1, key: 'p-384' as const },
      ],
    };
    const revocations = join(hsm.folder, 'revocations');
    const more = await runCeremony({
      config: {
        ...config,
        openPgp: { domain: 'example.org', revocations, roleNames: [] },
        projects: [...config.projects, gadget],
      },
    });
    expect(more.keys.filter((key) => key.key === 'made').map((key) => key.label)).toEqual([
      'gadget.release',
      'gadget.preview',
      'gadget.pgp',
      'gadget.raw',
    ]);
    expect(readFileSync(join(keysDirectory, 'gadget.pgp.asc'), 'utf8')).toContain('PGP PUBLIC KEY BLOCK');
    expect(openssl('pkey', '-pubin', '-in', 'gadget.raw.pub.pem', '-noout', '-text')).toContain('P-256');
    // Whoever reads it can revoke the key.
    expect(statSync(join(revocations, 'gadget.pgp.revocation.asc')).mode & 0o777).toBe(0o600);
    expect(more.keys.find(({ label }) => label === 'gadget.pgp')?.published?.fingerprint).toMatch(
      /^[0-9a-f]{40}$/,
    );
    const chain = ['-CAfile', 'foundation-root.pem', '-untrusted', 'foundation-issuing.pem'];
    expect(openssl('verify', ...chain, 'gadget.release.pem')).toContain('OK');
    expect(openssl('verify', '-CAfile', 'gadget.preview.pem', 'gadget.preview.pem')).toContain('OK');
    expect(openssl('x509', '-in', 'gadget.release.pem', '-noout', '-text')).toContain('NIST CURVE: P-256');
    expect(openssl('x509', '-in', 'gadget.preview.pem', '-noout', '-text')).toContain('ecdsa-with-SHA384');
    const registry = readFileSync(join(keysDirectory, 'registry.json'), 'utf8');
    expect(registry).toContain('widget.release');
    expect(registry).toContain('gadget.release');
  });

  it('records for which program a certificate was issued, and never changes it', async () => {
    const file = join(keysDirectory, 'registry.json');
    const programs = () =>
      (JSON.parse(readFileSync(file, 'utf8')) as { keys: { label: string; program?: string }[] }).keys
        .filter(({ label }) => label === 'widget.release' || label === 'gadget.release')
        .map(({ label, program }) => [label, program]);
    expect(Object.fromEntries(programs())).toEqual({
      'widget.release': 'executables',
      'gadget.release': 'components',
    });
    const moved = config.projects.map((project) => ({ ...project, program: 'components' as const }));
    await expect(runCeremony({ config: { ...config, projects: moved } })).rejects.toMatchObject({
      code: 'CERTIFICATE_MISMATCH',
      message: expect.stringContaining('widget.release') as string,
    });
    // A registry from before says nothing; who holds the ceremony does.
    const recorded = readFileSync(file, 'utf8');
    writeFileSync(file, recorded.replaceAll(/ *"program": "executables",\n/g, ''));
    expect(programs()).toContainEqual(['widget.release', undefined]);
    const transcript = await runCeremony({ config });
    expect(transcript.keys.every(({ certificate }) => certificate === 'kept')).toBe(true);
    expect(programs()).toContainEqual(['widget.release', 'executables']);
  });

  it('issues a successor with a key of its own without the root token', async () => {
    const widget = {
      slug: 'widget',
      name: 'Widget',
      program: 'executables' as const,
      ownKeys: [],
      certificates: [
        { name: 'release', purpose: 'release' as const, generation: 2, key: 'rsa-3072' as const },
      ],
    };
    const away = {
      ...config.tokens,
      root: { label: 'root', pin: { file: join(hsm.folder, 'no-such-pin') } },
    };
    const more = await runCeremony({
      config: { ...config, tokens: away, projects: [widget] },
      tokens: ['signing', 'issuing'],
    });
    expect(more.keys.filter((key) => key.key === 'made').map((key) => key.label)).toEqual([
      'widget.release.2',
    ]);
    const chain = ['-CAfile', 'foundation-root.pem', '-untrusted', 'foundation-issuing.pem'];
    expect(openssl('verify', ...chain, 'widget.release.2.pem')).toContain('OK');
    const modulus = (file: string) => openssl('x509', '-in', file, '-noout', '-modulus');
    expect(modulus('widget.release.2.pem')).not.toBe(modulus('widget.release.pem'));
  });

  it('continues with the keys on the token when it was stopped before writing certificates', async () => {
    rmSync(join(keysDirectory, 'registry.json'));
    const again = await runCeremony({ config });
    expect(again.keys.every((key) => key.key === 'kept' && key.certificate === 'made')).toBe(true);
  });

  it('refuses to continue if a certificate exists and its key doesn’t', async () => {
    const other = await testTokens(labels);
    try {
      const token = (label: string) => ({ label, pin: { file: other.pinFiles[label] ?? '' } });
      const elsewhere = {
        ...config,
        softhsmConf: other.configFile,
        tokens: {
          root: token('root'),
          issuing: token('issuing'),
          signing: config.tokens.signing.map((signing) => ({ ...signing, ...token('signing') })),
          timestamping: token('timestamping'),
          log: token('log'),
        },
      };
      await expect(runCeremony({ config: elsewhere })).rejects.toMatchObject({ code: 'KEY_MISSING' });
    } finally {
      await other.release();
    }
  });

  it('refuses a PIN file that others can read', async () => {
    const file = join(hsm.folder, 'open-pin');
    writeFileSync(file, '1234567890\n', { mode: 0o644 });
    const signing = config.tokens.signing.map((token) => ({ ...token, pin: { file } }));
    const attempt = runCeremony({ config: { ...config, tokens: { ...config.tokens, signing } } });
    await expect(attempt).rejects.toMatchObject({ code: 'PIN_SOURCE_INVALID' });
  });
});

describe('keys made in a ceremony', () => {
  it('can be neither read, nor wrapped, nor made exportable', () => {
    process.env['SOFTHSM2_CONF'] = hsm.configFile;
    const module = new pkcs11.PKCS11();
    module.load(hsm.module);
    module.C_Initialize();
    try {
      const slot = module
        .C_GetSlotList(true)
        .find((handle) => module.C_GetTokenInfo(handle).label.trimEnd() === 'signing');
      const session = module.C_OpenSession(slot as Buffer, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
      module.C_Login(session, pkcs11.CKU_USER, readFileSync(hsm.pinFiles['signing'] ?? '', 'utf8').trim());
      module.C_FindObjectsInit(session, [
        { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
        { type: pkcs11.CKA_LABEL, value: 'widget.release' },
      ]);
      const [key] = module.C_FindObjects(session, 1) as Buffer[];
      module.C_FindObjectsFinal(session);
      if (key === undefined) throw new Error('no key');
      for (const type of [pkcs11.CKA_PRIVATE_EXPONENT, pkcs11.CKA_PRIME_1, pkcs11.CKA_COEFFICIENT]) {
        expect(() => module.C_GetAttributeValue(session, key, [{ type }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
      }
      const exportable = [{ type: pkcs11.CKA_EXTRACTABLE, value: true }];
      expect(() => module.C_SetAttributeValue(session, key, exportable)).toThrow(/CKR_/);
      const wrapping = module.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
        { type: pkcs11.CKA_VALUE_LEN, value: 32 },
        { type: pkcs11.CKA_WRAP, value: true },
      ]);
      const wrap = { mechanism: 0x210a };
      expect(() => module.C_WrapKey(session, wrap, wrapping, key, Buffer.alloc(8192))).toThrow(
        'CKR_KEY_UNEXTRACTABLE',
      );
    } finally {
      module.C_Finalize();
      module.close();
    }
  });
});
