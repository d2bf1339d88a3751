import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { testTokens } from '../../../dev/test/index.ts';
import { patience } from '../../../dev/test/patience.ts';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { readStatusAnswer } from '#core/pki/ocsp/index.ts';
import { readRevocationList } from '#core/pki/crl/index.ts';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../ceremony/index.ts';
import { registerText, type KnownRevocation } from '../../rulings/revocations/index.ts';

const labels = ['root', 'issuing', 'signing', 'timestamping', 'log'];
let hsm: Awaited<ReturnType<typeof testTokens>>;
let issuer: Uint8Array;
const running = new Set<ChildProcess>();
const inFolder = (...names: readonly string[]): string => join(hsm.folder, ...names);

beforeAll(async () => {
  hsm = await testTokens(labels);
  const pin = (label: string) => ({ file: hsm.pinFiles[label] ?? '' });
  const softHsm = { module: hsm.module, softhsmConf: hsm.configFile };
  await runCeremony({
    config: ceremonyConfigSchema.parse({
      version: 1,
      foundation: { name: 'Example' },
      keysDirectory: inFolder('keys'),
      ...softHsm,
      tokens: Object.fromEntries(labels.map((label) => [label, { label, pin: pin(label) }])),
      rootModulusBits: 3072,
      projects: [],
    }),
  });
  issuer = certificateFromPem(readFileSync(inFolder('keys', 'foundation-issuing.pem'), 'utf8'));
  writeFileSync(
    inFolder('authority.yaml'),
    stringify({
      version: 1,
      register: 'revocations.json',
      publication: 'pki',
      stateFile: 'state.json',
      parts: 16,
      publicationUrl: 'http://pki.example/',
      pollSeconds: 0.05,
      answers: {},
      keyHolder: {
        ...softHsm,
        tokenLabel: 'issuing',
        pin: pin('issuing'),
        registry: 'keys/registry.json',
        journal: 'authority/journal.jsonl',
      },
    }),
  );
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await hsm.release();
});

function start(): ChildProcess {
  const program = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [program, '--config', inFolder('authority.yaml')], {
    stdio: 'ignore',
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function revoke(count: number): void {
  const at = new Date('2026-11-20T00:00:00Z');
  const revocations = Array.from({ length: count }, (_, index): KnownRevocation => ({
    serial: parseCertificateSerial(`5a${index.toString(16).padStart(4, '0')}`),
    project: 'widget',
    certificate: 'release',
    reason: 'superseded',
    effectiveAt: at,
    learnedAt: at,
    policyCommit: parseCommitSha('c'.repeat(40)),
  }));
  writeFileSync(inFolder('revocations.json'), registerText(revocations));
}

/** Everything that verifiers can fetch, read and verified: throws where one file is none. → entries of the whole list */
function published(): number {
  const bytes = (...names: readonly string[]) => new Uint8Array(readFileSync(inFolder('pki', ...names)));
  for (const name of readdirSync(inFolder('pki')).filter((file) => /^foundation-issuing.*[.]crl$/.test(file)))
    readRevocationList(bytes(name), issuer);
  const answers = existsSync(inFolder('pki', 'ocsp')) ? readdirSync(inFolder('pki', 'ocsp')) : [];
  for (const name of answers.filter((answer) => answer.endsWith('.ors')))
    readStatusAnswer(bytes('ocsp', name), issuer);
  return readRevocationList(bytes('foundation-issuing.crl'), issuer).revoked.size;
}

it('whenever the authority is killed, what is published is complete, and the next one continues', async () => {
  revoke(0);
  const first = start();
  while (!existsSync(inFolder('pki', 'foundation-issuing.crl'))) await sleep(20);
  first.kill('SIGKILL');
  await once(first, 'exit');
  let count = 0;
  for (const milliseconds of [0, 15, 40, 90, 200]) {
    const child = start();
    // It works through what changed while it was away, and is killed at it.
    revoke((count += 20));
    const before = readFileSync(inFolder('pki', 'foundation-issuing.crl'));
    const until = Date.now() + patience.timeout;
    while (Date.now() < until && before.equals(readFileSync(inFolder('pki', 'foundation-issuing.crl'))))
      await sleep(5);
    revoke((count += 20));
    await sleep(milliseconds);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(published()).toBeGreaterThanOrEqual(count - 40);
  }
  const last = start();
  const until = Date.now() + patience.timeout;
  while (Date.now() < until && published() !== count) await sleep(100);
  expect(published()).toBe(count);
  last.kill('SIGTERM');
  const [code] = (await once(last, 'exit')) as [number | null];
  expect(code).toBe(0);
});
