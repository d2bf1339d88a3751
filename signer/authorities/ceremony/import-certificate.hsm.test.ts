/** A public CA, played by openssl, signs requests that were made here. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testTokens } from '../../../dev/test/index.ts';
import { releaseGrant } from '../../keyholder/grant/grants.fixture.ts';
import { openKeyHolder } from '../../keyholder/index.ts';
import { ceremonyConfigSchema, importCertificate, runCeremony, type CeremonyConfig } from './index.ts';

let hsm: Awaited<ReturnType<typeof testTokens>>;
let config: CeremonyConfig;
const inFolder = (name: string): string => join(hsm.folder, name);
const read = (name: string): string => readFileSync(inFolder(name), 'utf8');
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: hsm.folder, encoding: 'utf8', stdio: 'pipe' });

function makeCa(name: string, subject: string, issuer: string | null): void {
  const key = ['-newkey', 'rsa:3072', '-nodes', '-keyout', `${name}.key`, '-subj', subject];
  const extensions = [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign',
  ];
  const signer = issuer === null ? [] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`];
  openssl('req', '-x509', ...key, ...extensions, ...signer, '-days', '3000', '-out', `${name}.pem`);
}

interface Issue {
  readonly request?: string;
  readonly subject?: string;
  readonly ca?: string;
  readonly days?: number;
  readonly extensions?: string;
  readonly serial?: string;
  readonly hash?: string;
}
let made = 0;
/** → PEM of a certificate for a request, and of the CA that signed it. */
function issue(wish: Issue = {}): string {
  const { ca = 'middle', days = 400, extensions = 'extendedKeyUsage=codeSigning', hash = 'sha256' } = wish;
  const name = `issued-${made++}`;
  writeFileSync(
    inFolder('extensions'),
    `basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n${extensions}\n`,
  );
  const request = ['-req', '-in', wish.request ?? 'keys/widget.release.csr', '-extfile', 'extensions'];
  const signer = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, `-${hash}`];
  const serial = ['-set_serial', wish.serial ?? `0x4${randomUUID().replaceAll('-', '')}`];
  const subject = wish.subject === undefined ? [] : ['-subj', wish.subject];
  openssl('x509', ...request, ...signer, ...serial, ...subject, '-days', String(days), '-out', name);
  return `${read(name)}${read(`${ca}.pem`)}`;
}

/** A request with a key of somebody else’s. */
function strangersRequest(): string {
  const subject = ['-subj', '/O=Example Foundation/CN=Example Foundation (Widget)'];
  openssl(
    'req',
    '-new',
    '-newkey',
    'rsa:3072',
    '-nodes',
    '-keyout',
    'stranger.key',
    ...subject,
    '-out',
    'stranger.csr',
  );
  return 'stranger.csr';
}

/** A moment later: openssl rounds its clock up. */
const soon = (): Date => new Date(Date.now() + 2000);
const attempt = (wish: Issue, at?: Date) => {
  const pem = issue(wish);
  return importCertificate({ config, pem, now: at ?? soon() });
};

beforeAll(async () => {
  hsm = await testTokens(['signing', 'log']);
  const token = (label: string) => ({ label, pin: { file: hsm.pinFiles[label] ?? '' } });
  makeCa('root', '/O=Public CA/CN=Public Root', null);
  makeCa('middle', '/O=Public CA/CN=Public Code Signing', 'root');
  makeCa('foreign', '/O=Nobody/CN=Foreign Root', null);
  makeCa('other', '/O=Other CA/CN=Other Root', null);
  config = ceremonyConfigSchema.parse({
    version: 1,
    foundation: { name: 'Example Foundation', country: 'AT' },
    fips: true,
    keysDirectory: inFolder('keys'),
    module: hsm.module,
    softhsmConf: hsm.configFile,
    tokens: { signing: token('signing'), log: token('log') },
    publicAuthority: { roots: [inFolder('root.pem')] },
    projectAuthority: { roots: [inFolder('other.pem')] },
    projects: [
      ...['widget', 'gadget'].map((slug) => ({
        slug,
        name: slug,
        program: 'executables',
        certificates: [
          { name: 'release', purpose: 'release' },
          { name: 'test', purpose: 'test' },
        ],
      })),
      {
        slug: 'gizmo',
        name: 'gizmo',
        program: 'executables',
        holder: { organization: 'Gizmo e.V.', country: 'DE' },
        certificates: [{ name: 'own', purpose: 'release', publisher: 'project' }],
      },
    ],
  });
  await runCeremony({ config });
});
afterAll(() => hsm.release());

describe('a ceremony with a public CA', () => {
  it('makes keys and requests that openssl verifies, and only test certificates', () => {
    const subject = openssl('req', '-in', 'keys/widget.release.csr', '-verify', '-noout', '-subject');
    expect(subject).toContain('C = AT, O = Example Foundation, CN = Example Foundation (widget)');
    expect(existsSync(inFolder('keys/widget.release.pem'))).toBe(false);
    expect(existsSync(inFolder('keys/widget.test.pem'))).toBe(true);
    const { keys } = JSON.parse(read('keys/registry.json')) as { keys: { label: string }[] };
    expect(keys.map(({ label }) => label)).not.toContain('widget.release');
  });

  it('needs no root of its own, and reports if there is neither', () => {
    const { publicAuthority, ...none } = config;
    expect(publicAuthority).toBeDefined();
    expect(ceremonyConfigSchema.safeParse(none).error?.message).toContain('publicAuthority');
  });
});

describe('importing a certificate', () => {
  it.each<[string, Issue, string]>([
    ['another foundation’s name', { subject: '/O=Somebody/CN=x' }, 'organisation must be'],
    ['a usage that isn’t code signing', { extensions: 'extendedKeyUsage=serverAuth' }, 'lacks codeSigning'],
    ['no path to the configured roots', { ca: 'foreign' }, 'no path'],
    ['a life over 460 days', { days: 461 }, 'at most 460 days'],
    ['a signature with SHA-1', { hash: 'sha1' }, 'signed with'],
  ])('refuses %s', async (_, wish, why) => {
    const expected = { code: 'CERTIFICATE_REFUSED', message: expect.stringContaining(why) as string };
    await expect(attempt(wish)).rejects.toMatchObject(expected);
  });

  it('refuses expired certificates, and those not yet valid', async () => {
    const away = (days: number): Date => new Date(Date.now() + days * 86_400_000);
    await expect(attempt({ days: 10 }, away(11))).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' });
    await expect(attempt({}, away(-1))).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' });
  });

  it('refuses a certificate for another key', async () => {
    const expected = { code: 'CERTIFICATE_MISMATCH' };
    await expect(attempt({ request: strangersRequest() })).rejects.toMatchObject(expected);
  });

  it.each([
    ['nothing', ''],
    ['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['too much', 'x'.repeat(300_000)],
    ['a CA alone', null],
    ['seventeen', 'many'],
  ])('refuses a file with %s', async (_, given) => {
    const pem = given === null ? read('root.pem') : given === 'many' ? read('root.pem').repeat(17) : given;
    await expect(importCertificate({ config, pem })).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' });
  });

  it('registers it with the chain that leads to the root, once, and lets its key sign', async () => {
    const pem = issue();
    // As after npm run issue: what is asked for stands in the policy, not in the file.
    const { keys } = await importCertificate({ config: { ...config, projects: [] }, pem, now: soon() });
    expect(keys).toMatchObject([{ label: 'widget.release', certificate: 'imported', key: 'kept' }]);
    const before = read('keys/registry.json');
    await importCertificate({ config, pem, now: soon() });
    expect(read('keys/registry.json')).toBe(before);
    const { chain } = (JSON.parse(before) as { keys: { label: string; chain: string[] }[] }).keys.find(
      ({ label }) => label === 'widget.release',
    ) ?? { chain: [] };
    expect(chain).toHaveLength(2);
    const verified = openssl(
      'verify',
      '-CAfile',
      'root.pem',
      '-untrusted',
      `keys/${chain[0] ?? ''}`,
      'keys/widget.release.pem',
    );
    expect(verified).toContain('OK');
    const again = await runCeremony({ config });
    expect(again.keys.map(({ label, certificate }) => `${label} ${certificate}`)).toContain(
      'widget.release kept',
    );
    expect(read('keys/registry.json')).toBe(before);
    await signsWith('widget.release');
  });

  it('refuses a second certificate for a key, and the serial number of another', async () => {
    const why = (text: string) => ({ message: expect.stringContaining(text) as string });
    await expect(attempt({})).rejects.toMatchObject(why('another certificate already'));
    const serial = openssl('x509', '-in', 'keys/widget.release.pem', '-noout', '-serial')
      .trim()
      .split('=')[1];
    const taken = attempt({ request: 'keys/gadget.release.csr', serial: `0x${serial ?? ''}` });
    await expect(taken).rejects.toMatchObject(why('is that of widget.release'));
  });
});

describe('a project’s own certificate', () => {
  const request = 'keys/gizmo.own.csr';

  it('is requested in the project’s name, for a key that was made here', () => {
    const subject = openssl('req', '-in', request, '-verify', '-noout', '-subject');
    expect(subject).toContain('C = DE, O = Gizmo e.V., CN = Gizmo e.V.');
  });

  it.each<[string, Issue, string]>([
    [
      'under the foundation’s name',
      { ca: 'other', subject: '/O=Example Foundation/CN=x' },
      'must be Gizmo e.V.',
    ],
    ['from the foundation’s authority', { ca: 'middle' }, 'no path'],
    ['for another usage', { ca: 'other', extensions: 'extendedKeyUsage=serverAuth' }, 'lacks codeSigning'],
  ])('is refused %s', async (_, wish, why) => {
    const expected = { code: 'CERTIFICATE_REFUSED', message: expect.stringContaining(why) as string };
    await expect(attempt({ request, ...wish })).rejects.toMatchObject(expected);
  });

  it('from its authority isn’t accepted as the foundation’s certificate', async () => {
    const wish = { request: 'keys/gadget.release.csr', ca: 'other' };
    await expect(attempt(wish)).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' });
    await expect(attempt({ ...wish, subject: '/O=Gizmo e.V./CN=Gizmo e.V.' })).rejects.toMatchObject({
      message: expect.stringContaining('must be Example Foundation') as string,
    });
  });

  it('is imported under the project’s name, and marked as such in the registry', async () => {
    const { keys } = await attempt({ request, ca: 'other' });
    expect(keys).toMatchObject([{ label: 'gizmo.own', certificate: 'imported', project: 'gizmo' }]);
    expect(keys[0]?.issued?.subject).toContain('Gizmo e.V.');
    const registry = JSON.parse(read('keys/registry.json')) as { keys: Record<string, unknown>[] };
    const marked = registry.keys.filter((key) => key['holder'] !== undefined);
    expect(marked).toMatchObject([{ label: 'gizmo.own', holder: { organization: 'Gizmo e.V.' } }]);
    // A later ceremony keeps it as it is.
    await runCeremony({ config });
    const again = JSON.parse(read('keys/registry.json')) as { keys: Record<string, unknown>[] };
    expect(again.keys.filter((key) => key['holder'] !== undefined)).toEqual(marked);
  });

  it('needs a holder, the purpose release, and roots', () => {
    const wish = (project: object, more: object = {}) =>
      ceremonyConfigSchema.safeParse({
        ...config,
        ...more,
        projects: [{ slug: 'gizmo', name: 'gizmo', program: 'executables', ...project }],
      }).success;
    const holder = { organization: 'Gizmo e.V.' };
    const own = { name: 'own', purpose: 'release', publisher: 'project' };
    expect(wish({ holder, certificates: [own] })).toBe(true);
    expect(wish({ certificates: [own] })).toBe(false);
    expect(wish({ holder, certificates: [{ ...own, purpose: 'test' }] })).toBe(false);
    expect(wish({ holder, certificates: [own] }, { projectAuthority: undefined })).toBe(false);
  });
});

/** The key holder, with the FIPS switch on, signs with the key and finds that it is the certificate's. */
async function signsWith(keyLabel: string): Promise<void> {
  const holder = await openKeyHolder({
    module: hsm.module,
    softhsmConf: hsm.configFile,
    tokenLabel: 'signing',
    fips: true,
    pin: { file: hsm.pinFiles['signing'] ?? '' },
    registryFile: inFolder('keys/registry.json'),
    journalFile: inFolder('holder/journal.jsonl'),
  });
  try {
    const { signature } = await holder.sign(releaseGrant({ keyLabel }));
    expect(signature).toHaveLength(384);
  } finally {
    await holder.close();
  }
}

describe('a successor for the same key', () => {
  it('is requested for the key that is there, and imported beside the certificate before', async () => {
    const notUsedBefore = new Date(Date.now() + 14 * 86_400_000).toISOString();
    const announced = config.projects
      .filter(({ slug }) => slug === 'widget')
      .map((project) => ({
        ...project,
        certificates: [
          {
            name: 'release',
            purpose: 'release' as const,
            generation: 2,
            sameKeyAs: 1,
            key: 'rsa-3072' as const,
            notUsedBefore,
          },
        ],
      }));
    const made = await runCeremony({ config: { ...config, projects: announced }, tokens: ['signing'] });
    expect(made.keys).toMatchObject([
      { label: 'widget.release.2', keyLabel: 'widget.release', key: 'kept', certificate: 'requested' },
    ]);
    const before = openssl('req', '-in', 'keys/widget.release.csr', '-pubkey', '-noout');
    expect(openssl('req', '-in', 'keys/widget.release.2.csr', '-pubkey', '-noout')).toBe(before);
    const { keys } = await attempt({ request: 'keys/widget.release.2.csr' });
    expect(keys).toMatchObject([{ label: 'widget.release.2', keyLabel: 'widget.release', notUsedBefore }]);
    const registry = JSON.parse(read('keys/registry.json')) as {
      readonly keys: readonly Readonly<Record<string, unknown>>[];
      readonly waiting?: readonly Readonly<Record<string, unknown>>[];
    };
    expect(registry.keys.find(({ label }) => label === 'widget.release.2')).toMatchObject({
      key: 'widget.release',
      notUsedBefore,
      token: 'signing',
    });
    expect((registry.waiting ?? []).some(({ label }) => label === 'widget.release.2')).toBe(false);
  });
});
