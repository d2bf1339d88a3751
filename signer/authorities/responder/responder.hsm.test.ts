import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testTokens } from '../../../dev/test/index.ts';
import { patience } from '../../../dev/test/patience.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { readStatusAnswer } from '#core/pki/ocsp/index.ts';
import { certificateFromPem, serialOf } from '#core/pki/x509/index.ts';
import { authorityConfigSchema, startAuthority, type RunningAuthority } from '../revocation/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../ceremony/index.ts';
import { registerText, type KnownRevocation } from '../../rulings/revocations/index.ts';
import { responderConfigSchema, startResponder, type RunningResponder } from './index.ts';

const labels = ['root', 'issuing', 'signing', 'timestamping', 'log'];
let hsm: Awaited<ReturnType<typeof testTokens>>;
let authority: RunningAuthority;
let responder: RunningResponder;
/** How far the clocks of the two are ahead of the machine's, in hours; the key holder's isn't. */
let authorityHours = 0;
let responderHours = 0;
const failures: unknown[] = [];

const inFolder = (...names: readonly string[]): string => join(hsm.folder, ...names);
const ahead = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);
const onFailure = (error: unknown): void => void failures.push(error);
const pin = (label: string) => ({ file: hsm.pinFiles[label] ?? '' });

function holdCeremony(projects: readonly string[], ocspGeneration = 1) {
  return runCeremony({
    config: ceremonyConfigSchema.parse({
      version: 1,
      foundation: { name: 'Example' },
      keysDirectory: inFolder('keys'),
      module: hsm.module,
      softhsmConf: hsm.configFile,
      rootModulusBits: 3072,
      ocspGeneration,
      tokens: Object.fromEntries(labels.map((label) => [label, { label, pin: pin(label) }])),
      projects: projects.map((slug) => ({
        slug,
        name: slug,
        program: 'executables',
        certificates: [{ name: 'release', purpose: 'release' }],
      })),
    }),
  });
}

function startTestAuthority(): Promise<RunningAuthority> {
  const config = authorityConfigSchema.parse({
    version: 1,
    register: inFolder('revocations.json'),
    publication: inFolder('pki'),
    stateFile: inFolder('authority.json'),
    pollSeconds: 3600,
    answers: { socket: inFolder('answers.socket'), unknownPerMinuteMax: 5 },
    keyHolder: {
      module: hsm.module,
      softhsmConf: hsm.configFile,
      tokenLabel: 'issuing',
      pin: pin('issuing'),
      registry: inFolder('keys', 'registry.json'),
      journal: inFolder('authority', 'journal.jsonl'),
    },
  });
  const none = () => undefined;
  return startAuthority(config, { onPublished: none, onAnswered: none, onFailure }, () =>
    ahead(authorityHours),
  );
}

beforeAll(async () => {
  hsm = await testTokens(labels);
  await holdCeremony(['widget', 'gadget']);
  writeFileSync(inFolder('revocations.json'), registerText([]));
  authority = await startTestAuthority();
  responder = await startResponder(
    responderConfigSchema.parse({
      version: 1,
      publication: inFolder('pki'),
      authoritySocket: inFolder('answers.socket'),
    }),
    onFailure,
    () => ahead(responderHours),
  );
});
afterAll(async () => {
  await responder.close();
  await authority.close();
  await hsm.release();
});

const pem = (label: string): string => inFolder('keys', `${label}.pem`);
const certificate = (label: string): Uint8Array => certificateFromPem(readFileSync(pem(label), 'utf8'));
const serial = (label: string) => serialOf(new X509Certificate(certificate(label)));

function revoke(label: string, changes: Partial<KnownRevocation> = {}): void {
  const revocation: KnownRevocation = {
    serial: serial(label),
    project: 'widget',
    certificate: 'release',
    reason: 'keyCompromise',
    effectiveAt: new Date('2026-11-20T00:00:00Z'),
    learnedAt: new Date('2026-11-21T00:00:00Z'),
    policyCommit: parseCommitSha('c'.repeat(40)),
    ...changes,
  };
  writeFileSync(inFolder('revocations.json'), registerText([revocation]));
}

/** Never synchronously: the responder answers from this process. */
function openssl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('openssl', [...args], { cwd: hsm.folder, timeout: patience.timeout }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}

const issuers = (): string[] => ['-issuer', pem('foundation-issuing')];
const trust = (): string[] => ['-CAfile', pem('foundation-root'), '-verify_other', pem('foundation-issuing')];
const ask = (...about: readonly string[]): Promise<string> =>
  openssl('ocsp', ...issuers(), ...about, '-url', `${responder.url}ocsp`, ...trust());

async function requestFile(...about: readonly string[]): Promise<Uint8Array> {
  await openssl('ocsp', ...issuers(), ...about, '-no_nonce', '-reqout', 'request.der');
  return new Uint8Array(readFileSync(inFolder('request.der')));
}
const get = (request: Uint8Array): Promise<Response> =>
  fetch(`${responder.url}ocsp/${encodeURIComponent(Buffer.from(request).toString('base64'))}`);

describe('the status responder, asked by openssl', () => {
  it.each([[[]], [['-sha256']]])('says that an issued certificate is good (%j)', async (hash) => {
    const said = await ask(...hash, '-cert', pem('widget.release'));
    expect(said).toContain('Response verify OK');
    expect(said).toMatch(/widget\.release\.pem: good/);
  });

  it('says that a certificate is revoked, after the next publication', async () => {
    revoke('widget.release');
    expect(await authority.publish()).toMatchObject({ answers: { made: 1, left: 0 } });
    const said = await ask('-cert', pem('widget.release'));
    expect(said).toContain('Response verify OK');
    expect(said).toMatch(/: revoked[\s\S]*keyCompromise[\s\S]*Nov 20 00:00:00 2026/);
    expect(await ask('-cert', pem('gadget.release'))).toMatch(/: good/);
  });

  it('says that an unissued serial number is unknown, and signs that at a limited rate', async () => {
    const said = await ask('-serial', '0x1234567890');
    expect(said).toContain('Response verify OK');
    expect(said).toMatch(/0x1234567890: unknown/);
    for (let one = 1; one < 5; one++) expect(await ask('-serial', `0x99${one}0`)).toContain(': unknown');
    expect(await ask('-serial', '0x9999')).toContain('trylater');
    // Asked again it is answered from memory.
    expect(await ask('-serial', '0x9910')).toContain(': unknown');
  });

  it('says neither good nor unknown for a serial number that a crash left between log and token', async () => {
    const line = {
      event: 'intended',
      at: new Date().toISOString(),
      serial: '5a5a5a5a5a5a5a5a',
      label: 'x',
      signer: 'foundation-issuing',
      tbsSha256: 'a'.repeat(64),
    };
    appendFileSync(inFolder('keys', 'issuance.jsonl'), `${JSON.stringify(line)}\n`);
    expect(await ask('-serial', '0x5a5a5a5a5a5a5a5a')).toContain('trylater');
    expect(await authority.publish()).toMatchObject({ answers: { made: 0 } });
    expect(await ask('-serial', '0x5a5a5a5a5a5a5a5a')).toContain('trylater');
  });

  it('refuses several certificates at once and another CA’s', async () => {
    const two = ['-cert', pem('widget.release'), '-cert', pem('gadget.release')];
    expect(await ask(...two)).toContain('unauthorized');
    const other = ['-issuer', pem('foundation-root'), '-cert', pem('foundation-issuing')];
    const url = ['-url', `${responder.url}ocsp`];
    expect(await openssl('ocsp', ...other, ...url, ...trust())).toContain('unauthorized');
  });

  it('answers for a certificate that was issued while it runs, with the successor of its own key', async () => {
    await holdCeremony(['widget', 'gadget', 'sprocket'], 2);
    expect(await ask('-cert', pem('sprocket.release'))).toContain('trylater');
    // Its own, and the new responder's.
    expect(await authority.publish()).toMatchObject({ answers: { made: 2 } });
    expect(await ask('-cert', pem('sprocket.release'))).toMatch(/: good/);
    const file = new Uint8Array(readFileSync(inFolder('pki', 'ocsp', `${serial('sprocket.release')}.ors`)));
    const signer = readStatusAnswer(file, certificate('foundation-issuing')).responder;
    expect(Buffer.from(signer)).toEqual(Buffer.from(certificate('foundation-ocsp.2')));
  });
});

describe('the status responder over HTTP', () => {
  it('answers GET as POST, with what caches need', async () => {
    const answer = await get(await requestFile('-cert', pem('gadget.release')));
    expect(answer.headers.get('content-type')).toBe('application/ocsp-response');
    expect(answer.headers.get('cache-control')).toBe('max-age=60, public, no-transform, must-revalidate');
    const read = readStatusAnswer(
      new Uint8Array(await answer.arrayBuffer()),
      certificate('foundation-issuing'),
    );
    expect(read).toMatchObject({ status: 'good', serial: serial('gadget.release') });
    expect(answer.headers.get('expires')).toBe(read.nextUpdate.toUTCString());
    expect(answer.headers.get('last-modified')).toBe(read.thisUpdate.toUTCString());
  });

  it('never serves an expired answer: it then answers tryLater', async () => {
    const request = await requestFile('-cert', pem('gadget.release'));
    responderHours = 47;
    expect((await (await get(request)).arrayBuffer()).byteLength).toBeGreaterThan(1000);
    responderHours = 48;
    expect(Buffer.from(await (await get(request)).arrayBuffer()).toString('hex')).toBe('30030a0103');
    authorityHours = 13;
    const { answers } = await authority.publish();
    expect(answers?.made).toBeGreaterThan(3);
    expect((await (await get(request)).arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  it.each([
    ['a path that is no Base64', () => fetch(`${responder.url}ocsp/%%%`)],
    [
      'a request that is none',
      () => fetch(`${responder.url}ocsp/${Buffer.from('rubbish').toString('base64')}`),
    ],
    ['an empty body', () => post('')],
    ['half a request', async () => post((await requestFile('-cert', pem('gadget.release'))).subarray(0, 40))],
  ])('calls %s malformed', async (_, send) => {
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).toString('hex')).toBe('30030a0101');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses requests that are too long, of another type or to another path', async () => {
    expect((await post('x'.repeat(20_000))).status).toBe(413);
    expect((await post('x', 'text/plain')).status).toBe(415);
    expect((await fetch(`${responder.url}ocsp`, { method: 'PUT' })).status).toBe(405);
    expect((await fetch(`${responder.url}../authority.json`)).status).toBe(404);
    expect((await fetch(`${responder.url}ocsp/../foundation-issuing.ors`)).status).toBe(404);
  });

  it('serves lists and certificates as the authority signed them', async () => {
    for (const name of [
      'foundation-issuing.crl',
      'foundation-root.crl',
      'foundation-issuing.cer',
      'foundation-root.cer',
    ]) {
      const answer = await fetch(responder.url + name);
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(readFileSync(inFolder('pki', name)));
    }
    expect((await fetch(`${responder.url}healthz`)).status).toBe(200);
  });
});

describe('answers as files', () => {
  it('are recreated if they were removed or replaced', async () => {
    const folder = inFolder('pki', 'ocsp');
    const [first, second] = [serial('gadget.release'), serial('sprocket.release')];
    rmSync(join(folder, `${first}.ors`));
    writeFileSync(
      join(folder, `${second}.ors`),
      readFileSync(join(folder, `${serial('widget.release')}.ors`)),
    );
    expect(await ask('-cert', pem('sprocket.release'))).toContain('trylater');
    authorityHours += 0.1;
    expect(await authority.publish()).toMatchObject({ answers: { made: 2 } });
    expect(readdirSync(folder).every((name) => statSync(join(folder, name)).size > 1000)).toBe(true);
  });

  it('are served without the authority, except for serial numbers that don’t exist', async () => {
    await authority.close();
    try {
      const known = await get(await requestFile('-cert', pem('gadget.release')));
      expect((await known.arrayBuffer()).byteLength).toBeGreaterThan(1000);
      expect(await ask('-serial', '0x77')).toContain('trylater');
    } finally {
      authority = await startTestAuthority();
    }
    expect(failures).toEqual([]);
  });
});

function post(body: string | Uint8Array, type = 'application/ocsp-request'): Promise<Response> {
  return fetch(`${responder.url}ocsp`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : Uint8Array.from(body),
  });
}
