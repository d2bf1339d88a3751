/** Status answers and lists as files of a web server, judged by openssl. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseCommitSha } from '#core/ids/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import { openCheckedFoundation, type CheckedFoundation } from '../pki-check/foundation.ts';
import { patience } from '../test/patience.ts';
import { lacksTools } from '../test/lacks.ts';
import { startPkiSite, type PkiSite } from './pki-site.ts';

let folder: string;
let foundation: CheckedFoundation;
/** Behind a responder that is there, and behind none. */
let site: PkiSite;
let alone: PkiSite;

function openssl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('openssl', args, { cwd: folder, timeout: patience.timeout }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}
const trust = (): string[] => [
  ...['-CAfile', foundation.pem('foundation-root'), '-verify_other', foundation.pem('foundation-issuing')],
];
const asked = (...about: readonly string[]): string[] => [
  '-issuer',
  foundation.pem('foundation-issuing'),
  ...about,
];

/** As a client does that GETs, by RFC 6960 appendix A.1, and what openssl says of the answer. */
async function get(
  url: string,
  about: readonly string[],
  encode: (request: string) => string = encodeURIComponent,
) {
  await openssl('ocsp', ...asked(...about), '-no_nonce', '-reqout', 'request.der');
  const request = readFileSync(join(folder, 'request.der')).toString('base64');
  const answer = await fetch(`${url}/ocsp/${encode(request)}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  writeFileSync(join(folder, 'answer.der'), bytes);
  const said = await openssl('ocsp', ...asked(...about), '-no_nonce', '-respin', 'answer.der', ...trust());
  return { status: answer.status, headers: answer.headers, said, bytes };
}
/** What openssl says of an answer, which it must have verified. */
function verified(said: string): string {
  expect(said).toContain('Response verify OK');
  return said;
}
const post = (url: string, ...about: readonly string[]): Promise<string> =>
  openssl('ocsp', ...asked(...about), '-url', `${url}/ocsp`, ...trust());

describe.skipIf(lacksTools('nginx', 'openssl'))('status answers that nginx serves as files', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-pki-site-'));
    foundation = await openCheckedFoundation(folder);
    await foundation.authority.publish();
    const publication = join(folder, 'pki');
    const responder = new URL(foundation.statusUrl).host;
    site = await startPkiSite({ folder: join(folder, 'nginx'), publication, responder });
    alone = await startPkiSite({
      folder: join(folder, 'nginx-alone'),
      publication,
      responder: '127.0.0.1:1',
    });
  }, patience.timeout);
  afterAll(async () => {
    await Promise.all([site.stop(), alone.stop()]);
    await foundation.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([[[]], [['-sha256']]])(
    'are found by GET without a responder, for both digests (%j)',
    async (hash) => {
      const { said, status, headers } = await get(alone.url, [
        ...hash,
        '-cert',
        foundation.pem('widget.release'),
      ]);
      expect(said).toContain('Response verify OK');
      expect(said).toMatch(/widget\.release\.pem: good/);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/ocsp-response');
      expect(headers.get('cache-control')).toBe('max-age=60, public, no-transform, must-revalidate');
      expect(headers.get('etag')).toMatch(/^"/);
    },
  );

  it('are found also by clients that don’t encode the path', async () => {
    const about = ['-cert', foundation.pem('widget.curve')];
    expect((await get(alone.url, about, (request) => request)).said).toMatch(/widget\.curve\.pem: good/);
  });

  it('are the responder’s where they aren’t files: posted, with a nonce, of no certificate, of another CA', async () => {
    expect(verified(await post(site.url, '-cert', foundation.pem('widget.release')))).toMatch(/: good/);
    expect(verified(await post(site.url, '-serial', '0x1234567890'))).toMatch(/: unknown/);
    const { said } = await get(site.url, ['-serial', '0x1234567891']);
    expect(verified(said)).toMatch(/: unknown/);
    // Nothing else stands in for a responder that is down.
    expect(await post(alone.url, '-cert', foundation.pem('widget.release'))).not.toContain('verify OK');
    expect((await get(alone.url, ['-serial', '0x1234567891'])).status).toBe(502);
    expect((await fetch(`${alone.url}/ocsp-requests/`)).status).toBe(502);
    expect((await fetch(`${alone.url}/authority-state.json`)).status).toBe(502);
    expect((await fetch(`${site.url}/authority-state.json`)).status).toBe(404);
  });

  it('say that a certificate is revoked once the authority has published it', async () => {
    const about = ['-cert', foundation.pem('widget.release')];
    expect((await get(alone.url, about)).said).toContain(': good');
    const serial = serialOf(new X509Certificate(foundation.certificate('widget.release')));
    foundation.revoke([
      {
        serial,
        project: 'widget',
        certificate: 'release',
        reason: 'keyCompromise',
        effectiveAt: new Date('2026-11-20T00:00:00Z'),
        learnedAt: new Date('2026-11-21T00:00:00Z'),
        policyCommit: parseCommitSha('c'.repeat(40)),
      },
    ]);
    await foundation.authority.publish();
    // nginx looks at a file it knows again after some seconds.
    await vi.waitFor(
      async () => expect((await get(alone.url, about)).said).toMatch(/: revoked[\s\S]*keyCompromise/),
      patience,
    );
    const list = await fetch(`${alone.url}/foundation-issuing.crl`);
    expect(list.headers.get('content-type')).toBe('application/pkix-crl');
    expect(Buffer.from(await list.arrayBuffer())).toEqual(readFileSync(foundation.list));
  });
});
