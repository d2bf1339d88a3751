/**
 * npm run pki:check: what this foundation's certificates, lists and timestamps promise, checked by third-party tools on a new
 * token in a temporary folder. One line per claim, with the tool's own output; exits 1 where one doesn't hold.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, failedClaims, tool } from './claims.ts';
import { openCheckedFoundation, type CheckedFoundation } from './foundation.ts';
import { checkManyRevocations, checkRevocation } from './revocation.ts';
import { writeTranscriptFiles } from './transcript.ts';

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
const failed = failedClaims();
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
