/** What the authority does when files are lost, cut short or set back: it never says less than it said before. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testTokens } from '../../../dev/test/index.ts';
import { patience } from '../../../dev/test/patience.ts';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { certificateFromPem, serialOf } from '#core/pki/x509/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../ceremony/index.ts';
import { responderConfigSchema, startResponder } from '../responder/index.ts';
import { registerText, type KnownRevocation } from '../../rulings/revocations/index.ts';
import { authorityConfigSchema, startAuthority, type RunningAuthority } from './index.ts';

const labels = ['root', 'issuing', 'signing', 'timestamping', 'log'];
let hsm: Awaited<ReturnType<typeof testTokens>>;
let authority: RunningAuthority | null = null;
let failures: unknown[] = [];
const inFolder = (...names: readonly string[]): string => join(hsm.folder, ...names);
const pin = (label: string) => ({ file: hsm.pinFiles[label] ?? '' });
const softHsm = () => ({ module: hsm.module, softhsmConf: hsm.configFile });

/** What the authority reads and writes, by name. */
const kept = ['revocations.json', 'pki', 'authority', 'keys'];

beforeAll(async () => {
  hsm = await testTokens(labels);
  await runCeremony({ config: ceremony() });
  write([]);
  await start();
  revoke('widget');
  await publish();
  await stop();
  for (const name of kept) cpSync(inFolder(name), inFolder('good', name), { recursive: true });
});
beforeEach(async () => {
  for (const name of kept) {
    rmSync(inFolder(name), { recursive: true, force: true });
    cpSync(inFolder('good', name), inFolder(name), { recursive: true });
  }
  failures = [];
  return stop;
});
afterAll(() => hsm.release());

const ceremony = (revoked: readonly unknown[] = []) =>
  ceremonyConfigSchema.parse({
    version: 1,
    foundation: { name: 'Example' },
    keysDirectory: inFolder('keys'),
    ...softHsm(),
    rootModulusBits: 3072,
    revoked,
    tokens: Object.fromEntries(labels.map((label) => [label, { label, pin: pin(label) }])),
    projects: ['widget', 'gadget'].map((slug) => ({
      slug,
      name: slug,
      program: 'executables',
      certificates: [{ name: 'release', purpose: 'release' }],
    })),
  });

async function start(): Promise<void> {
  const config = authorityConfigSchema.parse({
    version: 1,
    register: inFolder('revocations.json'),
    publication: inFolder('pki'),
    parts: 16,
    publicationUrl: 'http://pki.example/',
    stateFile: inFolder('authority', 'state.json'),
    pollSeconds: 3600,
    answers: { socket: inFolder('answers.socket') },
    keyHolder: {
      ...softHsm(),
      tokenLabel: 'issuing',
      pin: pin('issuing'),
      registry: inFolder('keys', 'registry.json'),
      journal: inFolder('authority', 'journal.jsonl'),
    },
  });
  authority = await startAuthority(config, {
    onPublished: () => undefined,
    onAnswered: () => undefined,
    onFailure: (error) => void failures.push(error),
  });
}
async function stop(): Promise<void> {
  await authority?.close();
  authority = null;
}
const publish = () => authority?.publish();

const pem = (label: string): string => inFolder('keys', `${label}.pem`);
const serial = (project: string) =>
  serialOf(new X509Certificate(certificateFromPem(readFileSync(pem(`${project}.release`), 'utf8'))));
const write = (revocations: readonly KnownRevocation[]): void =>
  writeFileSync(inFolder('revocations.json'), registerText(revocations));
const revocation = (text: string, changes: Partial<KnownRevocation> = {}): KnownRevocation => ({
  serial: parseCertificateSerial(text),
  project: 'widget',
  certificate: 'release',
  reason: 'keyCompromise',
  effectiveAt: new Date('2026-11-20T00:00:00Z'),

  learnedAt: new Date('2026-11-21T00:00:00Z'),
  policyCommit: parseCommitSha('c'.repeat(40)),
  ...changes,
});
const revoke = (project: string, changes: Partial<KnownRevocation> = {}): void =>
  write([revocation(serial(project), changes)]);

/** Never synchronously: a responder may answer from this process. */
function openssl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('openssl', [...args], { timeout: patience.timeout }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}
const listed = (): Promise<string> =>
  openssl(...['crl', '-inform', 'DER', '-noout', '-text'], '-in', inFolder('pki', 'foundation-issuing.crl'));

/** Everything that verifiers can fetch, byte by byte. */
function published(): Record<string, string> {
  const files = existsSync(inFolder('pki')) ? readdirSync(inFolder('pki'), { recursive: true }) : [];
  return Object.fromEntries(
    files
      .map(String)
      .filter((name) => /^foundation-issuing.*\.crl$|\.ors$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(inFolder('pki', name), 'base64')]),
  );
}

const short = { code: 'REGISTER_SHORT' };

describe('a register that has less than was published', () => {
  it.each([
    ['is gone', () => rmSync(inFolder('revocations.json')), { code: 'REVOCATION_REGISTER_MISSING' }],
    [
      'is cut short',
      () => writeFileSync(inFolder('revocations.json'), '{"vers'),
      { code: 'REVOCATION_REGISTER_INVALID' },
    ],
    ['is empty', () => write([]), short],
    ['names another one only', () => write([revocation('5a01')]), short],
    ['has a later date', () => revoke('widget', { effectiveAt: new Date('2026-11-25T00:00:00Z') }), short],
    ['has a milder reason', () => revoke('widget', { reason: 'superseded' }), short],
  ])('publishes nothing: it %s', async (_, damage, refusal) => {
    const before = published();
    await start();
    expect(failures).toEqual([]);
    damage();
    await expect(publish()).rejects.toMatchObject(refusal);
    await expect(publish()).rejects.toThrow(/revocations:rebuild/);
    await stop();
    // Nor after a new start, which remembers nothing but files.
    await start();
    expect(failures).toEqual([expect.objectContaining(refusal)]);
    expect(published()).toEqual(before);
    expect(await listed()).toMatch(new RegExp(`Serial Number: ${serial('widget')}`, 'i'));
  });

  it('is detected from its own state file even if lists and answers are gone', async () => {
    rmSync(inFolder('pki'), { recursive: true });
    write([]);
    await start();
    expect(failures).toEqual([expect.objectContaining(short)]);
    expect(Object.keys(published())).toEqual([]);
  });

  it('is detected from the list if its own state file is gone', async () => {
    rmSync(inFolder('authority', 'state.json'));
    write([]);
    await start();
    expect(failures).toEqual([expect.objectContaining(short)]);
  });

  it('is detected from a partitioned list alone', async () => {
    const part = `foundation-issuing-0${Number.parseInt(serial('widget').slice(-1), 16).toString(16)}.crl`;
    expect(readdirSync(inFolder('pki'))).toContain(part);
    // Of an earlier version, whose state names a number alone; and the whole list is from before the revocation.
    const { number } = JSON.parse(readFileSync(inFolder('authority', 'state.json'), 'utf8')) as {
      number: number;
    };
    rmSync(inFolder('authority', 'state.json'));
    writeFileSync(inFolder('authority', 'state.json'), JSON.stringify({ number }));
    const other = readdirSync(inFolder('pki')).find((name) => /-0.\.crl$/.test(name) && name !== part) ?? '';
    cpSync(inFolder('pki', other), inFolder('pki', 'foundation-issuing.crl'));
    write([]);
    await start();
    expect(failures).toEqual([
      expect.objectContaining({ ...short, message: expect.stringContaining(part) as string }),
    ]);
  });

  it('is published again as soon as it is complete', async () => {
    write([]);
    await start();
    revoke('widget');
    expect(await publish()).toMatchObject({ made: false, revoked: 1 });
    write([revocation(serial('widget')), revocation('5a77')]);
    expect(await publish()).toMatchObject({ made: true, revoked: 2 });
  });

  it('never turns a revoked answer into good, even if no list has it yet', async () => {
    const answer = inFolder('pki', 'ocsp', `${serial('gadget')}.ors`);
    await start();
    write([revocation(serial('widget')), revocation(serial('gadget'))]);
    await publish();
    const revoked = readFileSync(answer);
    await stop();
    for (const name of kept) {
      rmSync(inFolder(name), { recursive: true });
      cpSync(inFolder('good', name), inFolder(name), { recursive: true });
    }
    writeFileSync(answer, revoked);
    await start();
    expect(failures).toEqual([
      expect.objectContaining({ ...short, message: expect.stringContaining(serial('gadget')) as string }),
    ]);
    expect(readFileSync(answer)).toEqual(revoked);
  });
});

describe('numbers of lists', () => {
  const number = async (): Promise<number> =>
    Number.parseInt(/CRL Number:\s+(?:0x)?([0-9A-F]+)/i.exec(await listed())?.[1] ?? '', 16);

  it('continue after the highest signed one, if the record of them is gone', async () => {
    const before = await number();
    rmSync(inFolder('authority', 'state.json'));
    await start();
    write([revocation(serial('widget')), revocation('5a77')]);
    await publish();
    expect(await number()).toBe(before + 1);
  });

  it('are refused if neither the record nor the last list exists: what was revoked is unknown', async () => {
    rmSync(inFolder('authority', 'state.json'));
    for (const name of readdirSync(inFolder('pki')).filter((file) => file.startsWith('foundation-issuing')))
      rmSync(inFolder('pki', name));
    await start();
    expect(failures).toEqual([expect.objectContaining({ code: 'STATE_LOST' })]);
    expect(Object.keys(published()).filter((name) => name.endsWith('.crl'))).toEqual([]);
  });

  it('are refused if an older list is in place of the last one', async () => {
    const older = readFileSync(inFolder('pki', 'foundation-issuing.crl'));
    await start();
    write([revocation(serial('widget')), revocation('5a77')]);
    await publish();
    await stop();
    writeFileSync(inFolder('pki', 'foundation-issuing.crl'), older);
    rmSync(inFolder('authority', 'state.json'));
    await start();
    expect(failures).toEqual([expect.objectContaining({ code: 'STATE_LOST' })]);
  });

  it.each(['', '{', '{"number":"x"}'])('are refused where the memory of them is %j', async (text) => {
    writeFileSync(inFolder('authority', 'state.json'), text);
    const before = published();
    await start();
    expect(failures).toEqual([expect.objectContaining({ code: 'PUBLICATION_INVALID' })]);
    expect(published()).toEqual(before);
  });
});

describe('the root’s list', () => {
  it('isn’t replaced by an older one restored where the ceremony writes it', async () => {
    const [made, shown] = [inFolder('keys', 'foundation-root.crl'), inFolder('pki', 'foundation-root.crl')];
    const older = readFileSync(made);
    await runCeremony({ config: ceremony(), tokens: ['root'] });
    await start();
    const newer = readFileSync(shown);
    expect(newer).not.toEqual(older);
    writeFileSync(made, older);
    await expect(publish()).rejects.toMatchObject({ code: 'LIST_SHORT' });
    expect(readFileSync(shown)).toEqual(newer);
  });
});

describe('the root’s list, made by a ceremony', () => {
  it('keeps every entry of the last one, whatever the configuration says', async () => {
    const revoked = {
      label: 'foundation-timestamp',
      reason: 'superseded',
      effectiveAt: '2026-11-20T00:00:00Z',
    };
    await runCeremony({ config: ceremony([revoked]), tokens: ['root'] });
    const list = readFileSync(inFolder('keys', 'foundation-root.crl'));
    await expect(runCeremony({ config: ceremony(), tokens: ['root'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    expect(readFileSync(inFolder('keys', 'foundation-root.crl'))).toEqual(list);
  });
});

describe('openssl, asking for status', () => {
  it('gets revoked from a damaged foundation, and never good or unknown', async () => {
    await start();
    const responder = await startResponder(
      responderConfigSchema.parse({
        version: 1,
        publication: inFolder('pki'),
        authoritySocket: inFolder('answers.socket'),
      }),
      (error) => void failures.push(error),
    );
    const ask = (project: string): Promise<string> =>
      openssl(
        ...['ocsp', '-issuer', pem('foundation-issuing'), '-cert', pem(`${project}.release`)],
        ...['-url', `${responder.url}ocsp`, '-CAfile', pem('foundation-root')],
        ...['-verify_other', pem('foundation-issuing')],
      );
    try {
      expect(await ask('widget')).toMatch(/widget\.release\.pem: revoked/);
      expect(await ask('gadget')).toMatch(/gadget\.release\.pem: good/);
      write([]);
      await expect(publish()).rejects.toMatchObject(short);
      expect(await ask('widget')).toMatch(/widget\.release\.pem: revoked/);
      // The answer is gone as well: the authority is asked, and says neither.
      rmSync(inFolder('pki', 'ocsp', `${serial('widget')}.ors`));
      expect(await ask('widget')).toMatch(/trylater/);
      rmSync(inFolder('pki', 'ocsp', `${serial('gadget')}.ors`));
      expect(await ask('gadget')).toMatch(/trylater/);
    } finally {
      await responder.close();
    }
  });

  it('gets no “unknown” for a certificate that the registry of keys has lost', async () => {
    const registry = inFolder('keys', 'registry.json');
    const text = readFileSync(registry, 'utf8');
    await start();
    const shortened = JSON.parse(text) as { keys: { label: string }[] };
    shortened.keys = shortened.keys.filter((key) => key.label !== 'gadget.release');
    writeFileSync(registry, JSON.stringify(shortened));
    rmSync(inFolder('keys', 'issuance.jsonl'));
    const before = published();
    await expect(publish()).rejects.toMatchObject({
      code: 'REGISTRY_SHORT',
      message: expect.stringContaining(serial('gadget')) as string,
    });
    expect(published()).toEqual(before);
    cpSync(inFolder('good', 'keys', 'issuance.jsonl'), inFolder('keys', 'issuance.jsonl'));
    writeFileSync(registry, text);
    expect(await publish()).toMatchObject({ answers: { made: 0 } });
  });
});
