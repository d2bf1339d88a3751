/** What the list and the responder say before and after a certificate is revoked. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import { type KnownRevocation } from '../../signer/rulings/revocations/index.ts';
import { claim, tool } from './claims.ts';
import type { CheckedFoundation } from './foundation.ts';

const manyRevoked = 2_000;

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

export async function checkRevocation(foundation: CheckedFoundation): Promise<void> {
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

export async function checkManyRevocations({ authority, revoke, list }: CheckedFoundation): Promise<void> {
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
