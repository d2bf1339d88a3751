import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testTokens } from '../../../dev/test/index.ts';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { authorityStateName, readAuthorityState } from '#core/wire/authority-state/index.ts';
import { readRevocationList } from '#core/pki/crl/index.ts';
import { certificateFromPem, serialOf } from '#core/pki/x509/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../ceremony/index.ts';
import { registerText, type KnownRevocation } from '../../rulings/revocations/index.ts';
import { X509Certificate } from 'node:crypto';
import {
  authorityConfigSchema,
  startAuthority,
  type AuthorityConfig,
  type RunningAuthority,
} from './index.ts';

const labels = ['root', 'issuing', 'signing', 'timestamping', 'log'];
let hsm: Awaited<ReturnType<typeof testTokens>>;
let config: AuthorityConfig;
let authority: RunningAuthority;
/** Of the authority's clock before this one, in milliseconds. */
let ahead = 0;
const failures: unknown[] = [];

const pin = (label: string) => ({ file: hsm.pinFiles[label] ?? '' });
const inFolder = (...names: readonly string[]): string => join(hsm.folder, ...names);
const start = (): Promise<RunningAuthority> =>
  startAuthority(
    config,
    { onPublished: () => undefined, onAnswered: () => undefined, onFailure: (error) => failures.push(error) },
    () => new Date(Date.now() + ahead),
  );

/** With the project's first certificate, or one of another generation. */
async function holdCeremony(
  of: { readonly generation?: number; readonly sameKeyAs?: number } = {},
): Promise<void> {
  const token = (label: string) => ({ label, pin: pin(label) });
  await runCeremony({
    config: ceremonyConfigSchema.parse({
      version: 1,
      foundation: { name: 'Example' },
      keysDirectory: inFolder('keys'),
      module: hsm.module,
      softhsmConf: hsm.configFile,
      rootModulusBits: 3072,
      tokens: Object.fromEntries(labels.map((label) => [label, token(label)])),
      projects: [
        {
          slug: 'widget',
          name: 'Widget',
          program: 'executables',
          certificates: [{ name: 'release', purpose: 'release', ...of }],
        },
      ],
    }),
  });
}

beforeAll(async () => {
  hsm = await testTokens(labels);
  const softHsm = { module: hsm.module, softhsmConf: hsm.configFile };
  await holdCeremony();
  config = authorityConfigSchema.parse({
    version: 1,
    register: inFolder('revocations.json'),
    publication: inFolder('pki'),
    stateFile: inFolder('authority.json'),
    parts: 16,
    publicationUrl: 'http://pki.example/',
    pollSeconds: 3600,
    refreshHours: 20,
    keyHolder: {
      ...softHsm,
      tokenLabel: 'issuing',
      pin: pin('issuing'),
      registry: inFolder('keys', 'registry.json'),
      journal: inFolder('authority', 'journal.jsonl'),
    },
  });
  revoke([]);
  authority = await start();
});
afterAll(async () => {
  await authority.close();
  await hsm.release();
});

const der = (label: string): Uint8Array =>
  certificateFromPem(readFileSync(inFolder('keys', `${label}.pem`), 'utf8'));
const released = (): string => serialOf(new X509Certificate(der('widget.release')));
const list = (name = 'foundation-issuing.crl') =>
  readRevocationList(new Uint8Array(readFileSync(inFolder('pki', name))), der('foundation-issuing'));

function revoke(serials: readonly string[], changes: Partial<KnownRevocation> = {}): void {
  const revocations = serials.map((serial): KnownRevocation => ({
    serial: parseCertificateSerial(serial),
    project: 'widget',
    certificate: 'release',
    reason: 'keyCompromise',
    effectiveAt: new Date('2026-11-20T00:00:00Z'),
    learnedAt: new Date('2026-11-21T00:00:00Z'),
    policyCommit: parseCommitSha('c'.repeat(40)),
    ...changes,
  }));
  writeFileSync(config.register, registerText(revocations));
}

it('says beside what it publishes when it worked, and not that it did while the register can’t be read', async () => {
  const said = () => readAuthorityState(new Uint8Array(readFileSync(inFolder('pki', authorityStateName))));
  ahead += 60_000;
  await authority.publish();
  const worked = said();
  expect(worked).toMatchObject({ pollSeconds: 3600 });
  renameSync(config.register, `${config.register}.away`);
  ahead += 60_000;
  await expect(authority.publish()).rejects.toThrow();
  expect(said()).toEqual(worked);
  renameSync(`${config.register}.away`, config.register);
  await authority.publish();
  expect(said()?.workedAt.getTime()).toBeGreaterThan(worked?.workedAt.getTime() ?? Infinity);
});

const early = { effectiveAt: new Date('2026-11-10T00:00:00Z') };

function openssl(...args: readonly string[]): string {
  try {
    return execFileSync('openssl', [...args], { cwd: inFolder('keys'), encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

function verify(label = 'widget.release'): string {
  writeFileSync(
    inFolder('keys', 'list.pem'),
    openssl('crl', '-inform', 'DER', '-in', inFolder('pki', 'foundation-issuing.crl')),
  );
  const chain = ['-CAfile', 'foundation-root.pem', '-untrusted', 'foundation-issuing.pem'];
  return openssl(
    ...['verify', ...chain, '-CRLfile', 'list.pem', '-crl_check', '-purpose', 'any', `${label}.pem`],
  );
}

describe('the revocation authority', () => {
  it('publishes an empty list at once, and the same one as long as nothing changes', async () => {
    expect(failures).toEqual([]);
    expect(list()).toMatchObject({ number: 1, revoked: new Map() });
    expect(verify()).toContain('widget.release.pem: OK');
    expect(await authority.publish()).toMatchObject({ made: false, number: 1 });
  });

  it('publishes a revocation in the full and the partitioned list, and openssl refuses the certificate', async () => {
    revoke([released(), '5a01', '5a1f']);
    expect(await authority.publish()).toMatchObject({ made: true, number: 2, revoked: 3 });
    expect(verify()).toContain('certificate revoked');
    const part = Number.parseInt(released().slice(-1), 16).toString(16);
    const inPart = list(`foundation-issuing-0${part}.crl`);
    expect(inPart.number).toBe(2);
    expect([...inPart.revoked.keys()]).toContain(released());
    expect([...list('foundation-issuing-01.crl').revoked.keys()]).toContain('5a01');
    expect([...list('foundation-issuing-01.crl').revoked.keys()]).not.toContain('5a1f');
  });

  it('publishes an earlier date as soon as it is in the register', async () => {
    revoke([released(), '5a01', '5a1f'], early);
    await authority.publish();
    expect(list().revoked.get(released())).toEqual({
      revokedAt: new Date('2026-11-10T00:00:00Z'),
      reason: 1,
    });
  });

  it('publishes nothing about a project’s own certificate, which another CA issued and revokes', async () => {
    const made = [
      '-x509',
      '-newkey',
      'rsa:3072',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/O=Widget e.V.',
    ];
    openssl('req', ...made, '-set_serial', '0x5b01', '-out', 'own.pem');
    openssl('req', ...made, '-out', 'their-root.pem');
    const file = inFolder('keys', 'registry.json');
    const registry = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly keys: readonly { label: string }[];
    };
    const released = registry.keys.find((key) => key.label === 'widget.release');
    const holder = { organization: 'Widget e.V.' };
    const own = {
      ...released,
      label: 'widget.own',
      certificate: 'own.pem',
      chain: ['their-root.pem'],
      holder,
    };
    writeFileSync(file, JSON.stringify({ ...registry, keys: [...registry.keys, own] }));
    const before = [...list().revoked.keys()];
    revoke([...before, '5b01'], early);
    await authority.publish();
    expect([...list().revoked.keys()]).toEqual(before);
    writeFileSync(file, JSON.stringify(registry));
    revoke(before, early);
  });

  it('makes a new list before the last one expires', async () => {
    const before = list();
    ahead = 21 * 3_600_000;
    expect(await authority.publish()).toMatchObject({ made: true, number: before.number + 1 });
    expect(list().nextUpdate.getTime()).toBeGreaterThan(before.nextUpdate.getTime());
    ahead = 0;
  });

  it('replaces what isn’t its own, with a number above every one before', async () => {
    const { number } = list();
    writeFileSync(inFolder('pki', 'foundation-issuing.crl'), 'rubbish');
    expect(await authority.publish()).toMatchObject({ made: true, number: number + 1 });
    // Even where its own memory of the number was lost.
    rmSync(config.stateFile);
    revoke([released(), '5a01', '5a1f', '5a02'], early);
    expect(await authority.publish()).toMatchObject({ number: number + 2 });
  });

  it('leaves the last list intact when the disk is full, and publishes once there is space', async () => {
    const before = readFileSync(inFolder('pki', 'foundation-issuing.crl'));
    const aside = inFolder('pki', 'foundation-issuing.crl.new');
    symlinkSync('/dev/full', aside);
    revoke([released(), '5a01', '5a1f', '5a02', '5a03'], early);
    await expect(authority.publish()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readFileSync(inFolder('pki', 'foundation-issuing.crl'))).toEqual(before);
    expect(list().nextUpdate.getTime()).toBeGreaterThan(Date.now());
    // What was half written isn't left there.
    expect(existsSync(aside)).toBe(false);
    expect(await authority.publish()).toMatchObject({ made: true, revoked: 5 });
  });

  it('leaves the last list intact when the token is gone, and publishes once it is back', async () => {
    const before = readFileSync(inFolder('pki', 'foundation-issuing.crl'));
    const tokens = inFolder('softhsm', 'tokens');
    renameSync(tokens, `${tokens}-away`);
    mkdirSync(tokens);
    revoke([released(), '5a01', '5a1f', '5a02', '5a03', '5a04'], early);
    try {
      await expect(authority.publish()).rejects.toMatchObject({ name: 'KeyHolderError' });
      expect(readFileSync(inFolder('pki', 'foundation-issuing.crl'))).toEqual(before);
    } finally {
      rmSync(tokens, { recursive: true });
      renameSync(`${tokens}-away`, tokens);
    }
    expect(await authority.publish()).toMatchObject({ made: true, revoked: 6 });
  });

  it('names every certificate of a key that is compromised, and openssl refuses each', async () => {
    const { keys } = JSON.parse(readFileSync(inFolder('keys', 'registry.json'), 'utf8')) as {
      readonly keys: readonly { readonly label: string }[];
    };
    expect(keys.map(({ label }) => label)).not.toContain('widget.release.2');
    await holdCeremony({ generation: 2, sameKeyAs: 1 });
    const sibling = serialOf(new X509Certificate(der('widget.release.2')));
    await authority.publish();
    expect(list().revoked.get(sibling)).toEqual({ revokedAt: early.effectiveAt, reason: 1 });
    expect(list().revoked.size).toBe(7);
    expect(verify('widget.release.2')).toContain('certificate revoked');
  });

  it('is the only writer while it runs, and takes over from a killed one', async () => {
    const lock = `${config.stateFile}.lock`;
    // A living process that isn't this one: the one that runs the tests.
    writeFileSync(lock, String(process.ppid));
    await expect(start()).rejects.toMatchObject({ code: 'LOCKED' });
    const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' });
    writeFileSync(lock, dead);
    await authority.close();
    authority = await start();
    expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
  });

  it('reports what is wrong with a malformed register, and leaves what is published', async () => {
    const before = readFileSync(inFolder('pki', 'foundation-issuing.crl'));
    writeFileSync(config.register, '{"version": 2}');
    await expect(authority.publish()).rejects.toMatchObject({ code: 'REVOCATION_REGISTER_INVALID' });
    expect(readFileSync(inFolder('pki', 'foundation-issuing.crl'))).toEqual(before);
  });
});
