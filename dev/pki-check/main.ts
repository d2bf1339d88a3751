/**
 * npm run pki:check: what this foundation's certificates, lists and timestamps promise, checked by third-party tools on a new
 * token in a temporary folder. One line per claim, with the tool's own output; exits 1 where one doesn't hold.
 */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import { type KnownRevocation } from '../../signer/rulings/revocations/index.ts';
import { openCheckedFoundation, type CheckedFoundation } from './foundation.ts';
import { writeTranscriptFiles } from './transcript.ts';

const manyRevoked = 2_000;
let failed = 0;

/** Prints the tool's output beside the expected result. */
function claim(words: string, verdict: string, expected: RegExp): void {
  const found = expected.exec(verdict)?.[0];
  if (found === undefined) failed += 1;
  const outcome = found ?? verdict.trim().split('\n').slice(-3).join(' / ');
  console.log(
    `${found === undefined ? 'FAILED' : 'ok    '}  ${words}\n        ${outcome.replace(/\s+/g, ' ').slice(0, 160)}`,
  );
}

/** Never synchronously: the timestamp authority answers from this process. */
async function tool(program: string, ...args: readonly string[]): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], options);
    return `${stdout}${stderr}`;
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message = '',
    } = error as {
      stdout?: string;
      stderr?: string;
      message?: string;
    };
    return `${stdout}${stderr}` || message;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'countersign-pki-'));
try {
  const foundation = await openCheckedFoundation(folder);
  try {
    await checkCertificates(foundation);
    await checkTimestamps(foundation);
    await checkRevocation(foundation);
    await checkManyRevocations(foundation);
    claim(
      'no part of the foundation reported a failure',
      `${foundation.failures.length} failures`,
      /^0 failures/,
    );
  } finally {
    await foundation.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? '\nEvery claim holds.' : `\n${failed} claims don’t hold.`);
process.exitCode = failed === 0 ? 0 : 1;

async function checkCertificates({ pem, transcript, inFolder, rootList }: CheckedFoundation): Promise<void> {
  const unprotected = transcript.keys.filter((key) => key.protection?.protected !== true);
  claim(
    'every key was made on its token and can’t leave it (attributes read back from the token)',
    `${transcript.keys.length - unprotected.length} of ${transcript.keys.length} keys`,
    new RegExp(`^${transcript.keys.length} of ${transcript.keys.length} keys`),
  );
  const { text, signature, key } = writeTranscriptFiles(inFolder());
  claim(
    'openssl accepts the log’s signature over the ceremony’s transcript',
    await tool(
      ...['openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', text],
      ...['-sigfile', signature],
    ),
    /Verified Successfully/,
  );
  const chain = ['-x509_strict', '-CAfile', pem('foundation-root'), '-untrusted', pem('foundation-issuing')];
  claim(
    'openssl verify accepts the release certificate',
    await tool('openssl', 'verify', ...chain, pem('widget.release')),
    /: OK/,
  );
  claim(
    'openssl verify accepts the certificate of a key on P-384',
    await tool('openssl', 'verify', ...chain, pem('widget.curve')),
    /: OK/,
  );
  claim(
    'openssl verify accepts the timestamp authority’s certificate for timestamping',
    await tool('openssl', 'verify', ...chain, '-purpose', 'timestampsign', pem('foundation-timestamp')),
    /: OK/,
  );
  claim(
    'openssl verify refuses the release certificate as a TLS server’s',
    await tool('openssl', 'verify', ...chain, '-purpose', 'sslserver', pem('widget.release')),
    /unsuitable certificate purpose|unsupported certificate purpose/,
  );
  await tool('openssl', 'crl', '-inform', 'DER', '-in', rootList, '-out', inFolder('root-list.pem'));
  claim(
    'openssl verify accepts the issuing CA with the root’s own list',
    await tool(
      ...['openssl', 'verify', '-CAfile', pem('foundation-root'), '-CRLfile', inFolder('root-list.pem')],
      ...['-crl_check', pem('foundation-issuing')],
    ),
    /: OK/,
  );
  const later = String(Math.floor(Date.now() / 1000) + 470 * 86_400);
  claim(
    'openssl verify refuses the release certificate 470 days from now',
    await tool('openssl', 'verify', ...chain, '-attime', later, pem('widget.release')),
    /certificate has expired/,
  );
}

async function checkTimestamps({ inFolder, pem, tsaUrl }: CheckedFoundation): Promise<void> {
  const data = inFolder('data.txt');
  writeFileSync(data, 'timestamped');
  for (const hash of ['sha256', 'sha384', 'sha512']) {
    await tool('openssl', 'ts', '-query', '-data', data, `-${hash}`, '-cert', '-out', inFolder('query.tsq'));
    await askForTimestamp(tsaUrl, inFolder);
    const asked = ['-queryfile', inFolder('query.tsq'), '-in', inFolder('answer.tsr')];
    claim(
      `openssl ts accepts a timestamp over ${hash}`,
      await tool('openssl', 'ts', '-verify', ...asked, '-CAfile', pem('foundation-root')),
      /Verification: OK/,
    );
  }
  await tool('openssl', 'ts', '-query', '-data', data, '-sha1', '-cert', '-out', inFolder('query.tsq'));
  await askForTimestamp(tsaUrl, inFolder);
  claim(
    'the authority refuses SHA-1',
    await tool('openssl', 'ts', '-reply', '-in', inFolder('answer.tsr'), '-text'),
    /Status: Rejected|unrecognized or unsupported algorithm/i,
  );
}

/** query.tsq → answer.tsr, as RFC 3161 §3.4 sends them. */
async function askForTimestamp(url: string, inFolder: CheckedFoundation['inFolder']): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: readFileSync(inFolder('query.tsq')),
    signal: AbortSignal.timeout(10_000),
  });
  writeFileSync(inFolder('answer.tsr'), Buffer.from(await answer.arrayBuffer()));
}

/** Asks the running responder as any client would; the answer's signature is verified up to the root. */
function askStatus({ pem, statusUrl }: CheckedFoundation, ...about: readonly string[]): Promise<string> {
  return tool(
    ...['openssl', 'ocsp', '-issuer', pem('foundation-issuing'), ...about, '-url', statusUrl],
    ...['-CAfile', pem('foundation-root'), '-verify_other', pem('foundation-issuing')],
  );
}

/** What openssl says of the answer's signature, and of the certificate. */
function verified(outcome: string): string {
  return `${/Response verify \w+/.exec(outcome)?.[0] ?? outcome} / ${/: (?:good|revoked|unknown)[\s\S]*/.exec(outcome)?.[0] ?? outcome}`;
}

async function checkRevocation(foundation: CheckedFoundation): Promise<void> {
  const { authority, pem, inFolder, list } = foundation;
  const released = ['-cert', pem('widget.release')];
  claim(
    'openssl ocsp hears that the release certificate is good',
    verified(await askStatus(foundation, ...released)),
    /verify OK \/ : good/,
  );
  claim(
    'the same, asked with SHA-256',
    verified(await askStatus(foundation, '-sha256', ...released)),
    /verify OK \/ : good/,
  );
  claim(
    'openssl ocsp hears that a number that no certificate has is unknown',
    verified(await askStatus(foundation, '-serial', '0x5a5a5a5a5a5a5a5a')),
    /verify OK \/ : unknown/,
  );
  const early = await foundation.sign('early.exe');
  await sleep(2100);
  const effectiveAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  await sleep(2100);
  const late = await foundation.sign('late.exe');
  const listPem = inFolder('list.pem');
  const toPem = (): Promise<string> => tool('openssl', 'crl', '-inform', 'DER', '-in', list, '-out', listPem);
  await toPem();
  const signature = (file: string, ...more: readonly string[]): Promise<string> =>
    tool(
      ...['osslsigncode', 'verify', '-CAfile', pem('foundation-root'), '-TSA-CAfile', pem('foundation-root')],
      ...['-CRLfile', listPem, ...more, '-in', file],
    );
  claim('osslsigncode accepts a program while nothing is revoked', await signature(late), /^Succeeded/m);
  const later = String(Math.floor(Date.now() / 1000) + 470 * 86_400);
  claim(
    'osslsigncode accepts it 470 days from now, after the certificate expired: the timestamp keeps it good',
    await tool(
      ...['osslsigncode', 'verify', '-CAfile', pem('foundation-root'), '-TSA-CAfile', pem('foundation-root')],
      ...['-time', later, '-in', late],
    ),
    /^Succeeded/m,
  );
  const serial = parseCertificateSerial(serialOf(new X509Certificate(readFileSync(pem('widget.release')))));
  const revocation: KnownRevocation = {
    serial,
    project: 'widget',
    certificate: 'release',
    reason: 'keyCompromise',
    effectiveAt,
    learnedAt: new Date(),
    policyCommit: parseCommitSha('c'.repeat(40)),
  };
  foundation.revoke([revocation]);
  const published = await authority.publish();
  await toPem();
  claim(
    'openssl crl accepts the new list',
    await tool('openssl', 'crl', '-in', listPem, '-CAfile', pem('foundation-issuing'), '-noout', '-verify'),
    /verify OK/,
  );
  claim(
    'openssl crl reads a number above the one before',
    await tool('openssl', 'crl', '-in', listPem, '-noout', '-crlnumber'),
    new RegExp(`crlNumber=(?:0x)?0*${published.number.toString(16)}\\b`, 'i'),
  );
  const chain = ['-CAfile', pem('foundation-root'), '-untrusted', pem('foundation-issuing')];
  claim(
    'openssl verify refuses the certificate',
    await tool(
      'openssl',
      'verify',
      ...chain,
      '-CRLfile',
      listPem,
      '-crl_check',
      '-purpose',
      'any',
      pem('widget.release'),
    ),
    /certificate revoked/,
  );
  claim(
    'openssl ocsp hears since when and why it is revoked',
    verified(await askStatus(foundation, ...released)),
    /verify OK \/ : revoked[\s\S]*Reason: keyCompromise[\s\S]*Revocation Time: .*/,
  );
  claim('osslsigncode refuses what was signed after the effective date', await signature(late), /revoked/i);
  claim(
    'osslsigncode refuses what was timestamped before it, too: it looks at no dates, unlike Windows',
    await signature(early),
    /certificate revoked/,
  );
  const text = await tool('openssl', 'crl', '-in', listPem, '-noout', '-text');
  const timestampOf = async (file: string): Promise<number> =>
    Date.parse(/Timestamp time: (.+)/.exec(await signature(file))?.[1] ?? '');
  const since = Date.parse(/Revocation Date: (.+)/.exec(text)?.[1] ?? '');
  const [before, after] = [await timestampOf(early), await timestampOf(late)];
  claim(
    'the dates that decide on Windows: openssl reads the list’s between those that osslsigncode reads in the two files',
    before < since && since < after
      ? `timestamp ${at(before)} < revocation ${at(since)} < timestamp ${at(after)}`
      : `${before} ${since} ${after}`,
    /^timestamp .* < revocation .* < timestamp .*$/,
  );
}

function at(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

async function checkManyRevocations({ authority, revoke, list }: CheckedFoundation): Promise<void> {
  const effectiveAt = new Date('2026-11-01T00:00:00Z');
  revoke(
    Array.from({ length: manyRevoked }, (_, index): KnownRevocation => ({
      serial: parseCertificateSerial(`5a${index.toString(16).padStart(30, '0')}`),
      project: 'widget',
      certificate: 'release',
      reason: 'superseded',
      effectiveAt,
      learnedAt: effectiveAt,
      policyCommit: parseCommitSha('c'.repeat(40)),
    })),
  );
  // And the one that was revoked before.
  const total = manyRevoked + 1;
  await authority.publish();
  const text = await tool('openssl', 'crl', '-inform', 'DER', '-in', list, '-noout', '-text');
  claim(
    `openssl reads a list of ${total} (${statSync(list).size} bytes)`,
    `${text.match(/Serial Number:/g)?.length ?? 0} entries`,
    new RegExp(`^${total} entries`),
  );
}
