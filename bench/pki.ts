/**
 * npm run bench:pki [-- --certificates 10000 --revoked 2000]: lists and status answers of a foundation of that size, on SoftHSM,
 * beside a static file of the same server and openssl's own responder.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { step } from '../scripts/set-up/steps.mjs';
import { openCheckedFoundation, type CheckedFoundation } from '../dev/pki-check/foundation.ts';
import { encodeStatusRequest, issuerDigests } from '#core/pki/ocsp/index.ts';
import { startPkiSite } from '../dev/deploy-check/pki-site.ts';
import { parseCertificateSerial, parseCommitSha, type CertificateSerial } from '#core/ids/index.ts';
import { certificateToPem, issueCertificate } from '#core/pki/x509/index.ts';
import { readOptions } from '../signer/ground/command-line/index.ts';
import { Pkcs11Token, readPin } from '../signer/keyholder/token/index.ts';
import type { KnownRevocation } from '../signer/rulings/revocations/index.ts';
import type { LoadResult } from './load.ts';
import { load } from './run-load.ts';

const usage = 'usage: npm run bench:pki -- [--certificates NUMBER] [--revoked NUMBER]   (10000 and 2000)';
const { values } = readOptions(usage, {
  options: {
    certificates: { type: 'string', default: '10000' },
    revoked: { type: 'string', default: '2000' },
  },
});
const certificates = Number(values.certificates);
const revoked = Number(values.revoked);
if (!(certificates > 0 && revoked > 0 && revoked <= certificates)) {
  console.error(`Numbers are meant, and no more are revoked than there are.\n${usage}`);
  process.exit(2);
}
const seconds = 4;
const readers = 16;
const mibibyte = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-pki-'));
try {
  const foundation = await openCheckedFoundation(folder);
  try {
    const serials = await step(`Issuing ${certificates} certificates`, (report) =>
      issueMany(foundation, report),
    );
    const isRevoked = serials.slice(0, revoked);
    foundation.revoke(isRevoked.map(revocationOf));
    await measureLists(foundation);
    await measureAnswers(foundation);
    await measureResponders(foundation, serials);
  } finally {
    await foundation.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** With one key for all: what is measured doesn't look at it. */
async function issueMany(
  { inFolder, certificate, hsm }: CheckedFoundation,
  report: (message: string) => void,
): Promise<readonly CertificateSerial[]> {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  process.env['SOFTHSM2_CONF'] = hsm.configFile;
  const pin = await readPin(hsm.pin('issuing'), process.env);
  const token = Pkcs11Token.open({ module: hsm.module, tokenLabel: 'issuing', pin, sessions: 1 });
  const issuer = certificate('foundation-issuing');
  const registryFile = inFolder('keys', 'registry.json');
  const registry = JSON.parse(readFileSync(registryFile, 'utf8')) as { keys: unknown[] };
  const serials: CertificateSerial[] = [];
  try {
    for (let index = 0; index < certificates; index++) {
      const serial = Uint8Array.of(0x40, ...randomBytes(15));
      const der = await issueCertificate(
        {
          kind: 'release',
          publicKey,
          issuer,
          serial,
          subject: { organization: 'Example Foundation', commonName: `Example Foundation (${index})` },
          notBefore: new Date(Date.now() - 60_000),
          notAfter: new Date(Date.now() + 400 * 86_400_000),
        },
        (bytes) => token.sign('foundation-issuing', bytes),
      );
      writeFileSync(inFolder('keys', `many-${index}.pem`), certificateToPem(der));
      registry.keys.push({
        label: `many-${index}.release`,
        token: 'elsewhere',
        purpose: 'release',
        project: `many-${index}`,
        name: 'release',
        program: 'executables',
        certificate: `many-${index}.pem`,
        chain: ['foundation-issuing.pem', 'foundation-root.pem'],
      });
      serials.push(parseCertificateSerial(Buffer.from(serial).toString('hex')));
      if (index % 500 === 0) report(`${index} of ${certificates}`);
    }
    await issueOpensslsResponder({ inFolder, issuer, token });
  } finally {
    await token.close();
  }
  writeFileSync(registryFile, JSON.stringify(registry));
  writeOpensslsIndex(inFolder('index.txt'), serials);
  return serials;
}

/** openssl's own responder signs each answer when it is asked, here with a key in memory: no HSM slows it down. */
async function issueOpensslsResponder(given: {
  readonly inFolder: CheckedFoundation['inFolder'];
  readonly issuer: Uint8Array;
  readonly token: Pkcs11Token;
}): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const der = await issueCertificate(
    {
      kind: 'ocsp',
      publicKey,
      issuer: given.issuer,
      serial: Uint8Array.of(0x41, ...randomBytes(15)),
      subject: { organization: 'Example Foundation', commonName: 'openssl ocsp' },
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
    },
    (bytes) => given.token.sign('foundation-issuing', bytes),
  );
  writeFileSync(given.inFolder('openssl.pem'), certificateToPem(der));
  writeFileSync(given.inFolder('openssl.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

function writeOpensslsIndex(file: string, serials: readonly CertificateSerial[]): void {
  const lines = serials.map((serial, index) =>
    [
      index < revoked ? 'R' : 'V',
      '271231000000Z',
      index < revoked ? '261101000000Z,keyCompromise' : '',
      serial.toUpperCase(),
      'unknown',
      `/CN=${index}`,
    ].join('\t'),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
}

function revocationOf(serial: CertificateSerial): KnownRevocation {
  const at = new Date('2026-11-01T00:00:00Z');
  return {
    serial,
    project: 'widget',
    certificate: 'release',
    reason: 'superseded',
    effectiveAt: at,
    learnedAt: at,
    policyCommit: parseCommitSha('c'.repeat(40)),
  };
}

async function measureLists({ authority, list }: CheckedFoundation): Promise<void> {
  const startedAt = Date.now();
  const start = performance.now();
  const { revoked: listed } = await authority.publish();
  // The list comes first, so its file's time is when it was there.
  const round = performance.now() - start;
  const seen = statSync(list).mtimeMs - startedAt;
  console.log(
    `\nA list of ${listed}: ${statSync(list).size} bytes, published ${seen.toFixed(0)} ms after the round began, which had` +
      ` ${certificates} new certificates to read; the round with its first 100 answers took ${round.toFixed(0)} ms`,
  );
}

async function measureAnswers({ authority }: CheckedFoundation): Promise<void> {
  const start = performance.now();
  let made = 0;
  await step('Signing status answers', async (report) => {
    for (;;) {
      const { answers } = await authority.publish();
      made += answers?.made ?? 0;
      report(`${answers?.left ?? 0} left`);
      if ((answers?.left ?? 0) === 0) return;
    }
  });
  const took = (performance.now() - start) / 1000;
  console.log(
    `${made} status answers signed on the HSM, journalled and published: ${(made / took).toFixed(0)} a second`,
  );
  const again = performance.now();
  await authority.publish();
  console.log(`A round in which nothing changes: ${(performance.now() - again).toFixed(0)} ms`);
}

async function measureResponders(
  foundation: CheckedFoundation,
  serials: readonly CertificateSerial[],
): Promise<void> {
  const { inFolder } = foundation;
  const digests = issuerDigests(foundation.certificate('foundation-issuing'))[0];
  if (digests === undefined) throw new Error('no digests of the issuer');
  const bodies = serials
    .filter((_, index) => index % Math.ceil(serials.length / 5000) === 0)
    .map((serial) => Buffer.from(encodeStatusRequest(digests, serial)).toString('base64'));
  const posted = { type: 'application/ocsp-request', bodies };
  const isReady = async (url: string): Promise<boolean> => {
    const [body = ''] = bodies;
    const options = {
      method: 'POST',
      headers: { 'content-type': posted.type },
      body: Buffer.from(body, 'base64'),
    };
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(2000) }).catch(() => null);
    return answer?.status === 200;
  };
  const ours = await startProcess(
    (port) => {
      const config = { version: 1, listen: { port }, publication: inFolder('pki') };
      writeFileSync(inFolder('responder.yaml'), stringify(config));
      return [
        process.execPath,
        join(import.meta.dirname, '../signer/authorities/responder/main.ts'),
        '--config',
        inFolder('responder.yaml'),
      ];
    },
    (url) => isReady(`${url}/ocsp`),
  );
  const openssl = await startProcess(
    (port) => [
      ...[
        'openssl',
        'ocsp',
        '-index',
        inFolder('index.txt'),
        '-port',
        String(port),
        '-CA',
        foundation.pem('foundation-issuing'),
      ],
      ...['-rsigner', inFolder('openssl.pem'), '-rkey', inFolder('openssl.key'), '-ndays', '2'],
    ],
    (url) => isReady(`${url}/`),
  );
  const nginx = await startPkiSite({
    folder: inFolder('nginx'),
    publication: inFolder('pki'),
    responder: new URL(ours.url).host,
  });
  try {
    const served = await load({ url: `${nginx.url}/foundation-issuing.cer`, readers, seconds });
    console.log(`\nnginx with the same files (deploy/nginx), and as a ratio to a static file of it\n`);
    print('a static file (issuing CA)', served, served);
    const asked = encodeURIComponent(bodies[0] ?? '');
    print(
      'a status, GET: a file',
      await load({ url: `${nginx.url}/ocsp/${asked}`, readers, seconds }),
      served,
    );
    const passed = await load({ url: `${nginx.url}/ocsp`, posted, readers, seconds });
    print('a status, POST: the responder', passed, served);
    const direct = await load({ url: `${ours.url}/ocsp/${asked}`, readers, seconds });
    print('the responder alone, GET', direct, served);
    const file = await load({ url: `${ours.url}/foundation-issuing.cer`, readers, seconds });
    console.log(
      `\n${readers} clients for ${seconds} s each; answers a second, and as a ratio to the static file\n`,
    );
    print('a static file (issuing CA)', file, file);
    print(
      'a status, POST, first time',
      await load({ url: `${ours.url}/ocsp`, posted, readers, seconds }),
      file,
    );
    print('a status, POST, again', await load({ url: `${ours.url}/ocsp`, posted, readers, seconds }), file);
    const path = encodeURIComponent(bodies[0] ?? '');
    print('a status, GET', await load({ url: `${ours.url}/ocsp/${path}`, readers, seconds }), file);
    const apart = { posted, readers, seconds, newConnections: true };
    const alone = await load({ url: `${ours.url}/ocsp`, ...apart });
    print('a status, a connection each', alone, file);
    const theirs = await load({ url: `${openssl.url}/`, ...apart });
    print('openssl ocsp, a connection each', theirs, file);
    console.log(
      `\nthis responder to openssl’s: ${(alone.answers / Math.max(1, theirs.answers)).toFixed(1)}x`,
    );
    console.log(`memory of this responder: ${(memoryOf(ours.pid) / mibibyte).toFixed(0)} MiB`);
  } finally {
    await nginx.stop();
    ours.stop();
    openssl.stop();
  }
}

function print(name: string, { answers, failed, p95 }: LoadResult, yardstick: LoadResult): void {
  const rate = (answers / seconds).toFixed(0).padStart(7);
  const ratio = (answers / yardstick.answers).toFixed(2).padStart(6);
  console.log(
    `${name.padEnd(34)} ${rate} /s ${ratio}x  p95 ${p95.toFixed(1).padStart(6)} ms${failed === 0 ? '' : `  ${failed} FAILED`}`,
  );
}

/** openssl's responder ends, or waits for ever, where it is asked what isn't a status: so each knows how to ask. */
async function startProcess(
  command: (port: number) => readonly string[],
  isReady: (url: string) => Promise<boolean>,
) {
  const port = await freePort();
  const [program = '', ...args] = command(port);
  const child = spawn(program, args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; !(await isReady(url)); attempt++) {
    if (attempt > 100) throw new Error(`${program} doesn’t answer`);
    await sleep(100);
  }
  return { url, pid: child.pid ?? 0, stop: () => child.kill('SIGKILL') };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function memoryOf(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages * 4096;
}
