/** `verify: authenticode`, on programs that osslsigncode signed for upstream, in the inspector's own process. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RootElement } from '#core/generated/index.ts';
import { oids } from '#core/pki/asn1/index.ts';
import { createTestSigner, toPem, type TestSigner } from '#core/pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '#core/pki/cms/timestamp.fixture.ts';
import { lacksTools } from '../../dev/test/lacks.ts';
import { configuration, failed, openBench, program, sha256, sign, type Bench } from './inspector.fixture.ts';
import type { Inspection } from './index.ts';

const run = promisify(execFile);
const day = 86_400_000;
const upstream = createTestSigner('Upstream');
const stranger = createTestSigner('Stranger');
const mailer = createTestSigner('Mailer', { purpose: '1.3.6.1.5.5.7.3.4' });
const shortLived = createTestSigner('Short-lived', {
  purposes: [oids.codeSigning, '1.3.6.1.4.1.311.10.3.13'],
});

let bench: Bench;
let tsa: ReturnType<typeof createTimestampAuthority>;
beforeAll(async () => {
  bench = await openBench();
  tsa = createTimestampAuthority(join(bench.folder, 'tsa'));
  writeFileSync(join(bench.folder, 'tsa-chain.pem'), toPem([tsa.signer.certificate, tsa.signer.root]));
});
afterAll(() => bench.close());

interface Options {
  readonly by?: TestSigner;
  readonly hash?: string;
  readonly stamped?: boolean;
  readonly nest?: boolean;
}

async function signed(file: Uint8Array, options: Options = {}): Promise<Uint8Array> {
  const { by = upstream, hash = 'sha256', stamped = false, nest = false } = options;
  const at = (name: string): string => join(bench.folder, name);
  rmSync(at('out'), { force: true });
  writeFileSync(at('in'), file);
  writeFileSync(at('signer.pem'), toPem([by.certificate, by.root]));
  writeFileSync(at('signer.key'), by.key.export({ type: 'pkcs8', format: 'pem' }));
  const stamps = ['-TSA-certs', at('tsa-chain.pem'), '-TSA-key', at('tsa/tsa.key')];
  await run('osslsigncode', [
    'sign',
    ...(nest ? ['-nest'] : []),
    ...(stamped ? stamps : []),
    ...['-h', hash, '-certs', at('signer.pem'), '-key', at('signer.key'), '-in', at('in'), '-out', at('out')],
  ]);
  return Uint8Array.from(readFileSync(at('out')));
}

async function inspect(
  file: Uint8Array,
  { root = { type: 'pe', verify: 'authenticode' }, days = 0, trusted }: Partial<Asked> = {},
): Promise<Inspection> {
  return bench.inspector.inspect({
    file: await bench.save(file),
    folder: 'request',
    configuration: configuration(root),
    upstream: {
      roots: trusted ?? [upstream, mailer, shortLived, tsa.signer].map((one) => one.root),
      now: new Date(Date.now() + days * day),
    },
  });
}

interface Asked {
  readonly root: RootElement;
  readonly days: number;
  readonly trusted: readonly Uint8Array[];
}

const messageOf = ({ findings }: Inspection, rule: string): string =>
  findings.find((finding) => finding.rule === rule)?.message ?? '';

describe.skipIf(lacksTools('osslsigncode', 'openssl'))('a program of upstream', () => {
  test('is taken with a valid signature, and who signed is told', async () => {
    const inspection = await inspect(await signed(program, { stamped: true }));
    expect(failed(inspection)).toEqual([]);
    const said = messageOf(inspection, 'pe.upstream-signature');
    expect(said).toMatch(/valid signature of “Upstream”, issued by “Upstream root”, timestamped 2/);
    expect(inspection.signTargets).toEqual([]);
    const [signature, ...others] = inspection.leaves[0]?.signatures ?? [];
    expect(others).toEqual([]);
    expect(signature).toMatchObject({
      method: 'Authenticode',
      signer: 'Upstream',
      issuer: 'Upstream root',
      certificateSha256: sha256(upstream.certificate),
      standing: 'verified',
    });
    expect(Date.parse(signature?.signedAt ?? '')).toBeGreaterThan(Date.now() - day);
  });

  test('that nobody asked about is told of, and called verified by nobody', async () => {
    const standings = async (file: Uint8Array, root: RootElement) =>
      (await inspect(file, { root })).leaves[0]?.signatures?.map(
        ({ signer, standing }) => `${signer} ${standing}`,
      );
    const twice = await signed(await signed(program, { hash: 'sha1' }), { by: stranger, nest: true });
    expect(await standings(twice, { type: 'pe' })).toEqual(['Upstream unverified', 'Stranger unverified']);
    expect(await standings(twice, { type: 'pe', verify: 'authenticode' })).toEqual([
      'Upstream refused',
      'Stranger refused',
    ]);
    const old = await signed(await signed(program, { hash: 'sha1', by: stranger }), { nest: true });
    expect(await standings(old, { type: 'pe', verify: 'authenticode' })).toEqual([
      'Stranger unverified',
      'Upstream verified',
    ]);
    expect(await standings(program, { type: 'pe' })).toEqual([]);
  });

  test('is judged at the time of its timestamp, and without one, today', async () => {
    expect(failed(await inspect(await signed(program), { days: 20 }))).toEqual([]);
    const late = await inspect(await signed(program), { days: 60 });
    expect(failed(late)).toEqual(['pe.upstream-expired']);
    expect(messageOf(late, 'pe.upstream-expired')).toContain('it has no timestamp');
    expect(failed(await inspect(await signed(program, { stamped: true }), { days: 60 }))).toEqual([]);
    const early = await inspect(await signed(program, { stamped: true }), { days: -0.5 });
    expect(failed(early)).toEqual(['pe.upstream-timestamp']);
  });

  test('is refused where the certificate says that a timestamp keeps nothing alive', async () => {
    const file = await signed(program, { by: shortLived, stamped: true });
    expect(failed(await inspect(file))).toEqual([]);
    expect(failed(await inspect(file, { days: 60 }))).toEqual(['pe.upstream-expired']);
  });

  test('is refused unsigned, of a stranger, by a certificate for other ends, changed, and with a stranger’s timestamp', async () => {
    expect(failed(await inspect(program))).toEqual(['pe.upstream-unsigned']);
    expect(failed(await inspect(await signed(program, { by: stranger })))).toEqual(['pe.upstream-untrusted']);
    expect(failed(await inspect(await signed(program, { by: mailer })))).toEqual(['pe.upstream-purpose']);
    const changed = await signed(program);
    changed[0x450] = (changed[0x450] ?? 0) ^ 1;
    expect(failed(await inspect(changed))).toEqual(['pe.upstream-digest']);
    const stamped = await signed(program, { stamped: true });
    expect(failed(await inspect(stamped, { trusted: [upstream.root] }))).toEqual(['pe.upstream-timestamp']);
    const untold = await bench.inspect(stamped, { type: 'pe', verify: 'authenticode' });
    expect(failed(untold)).toEqual(['pe.upstream-untrusted']);
  });

  test('is refused with any signature that doesn’t hold, however many others do', async () => {
    const twice = await signed(await signed(program), { by: stranger, nest: true });
    const inspection = await inspect(twice);
    expect(failed(inspection)).toEqual(['pe.upstream-untrusted']);
    expect(messageOf(inspection, 'pe.upstream-untrusted')).toContain('signature 2 (nested), of “Stranger”');
  });

  test('is one of those that the configuration names, by signer or by digest', async () => {
    const file = await signed(program);
    const by = (organization: string, commonName = 'Upstream'): RootElement => ({
      type: 'pe',
      verify: 'authenticode',
      upstream: { signers: [{ organization, commonName }] },
    });
    expect(failed(await inspect(file, { root: by('Countersign test') }))).toEqual([]);
    expect(failed(await inspect(file, { root: by('Another') }))).toEqual(['pe.upstream-signer']);
    expect(failed(await inspect(file, { root: by('Countersign test', 'Mailer') }))).toEqual([
      'pe.upstream-signer',
    ]);
    const digests = (...sha256: [string, ...string[]]): RootElement => ({
      type: 'file',
      upstream: { sha256 },
    });
    const own = createHash('sha256').update(file).digest('hex');
    const opaque = { root: digests('ab'.repeat(32), own) };
    expect(failed(await inspect(file, opaque))).toEqual([]);
    expect(failed(await inspect(program, opaque))).toEqual(['artifact.upstream-digest']);
  });

  test('may carry SHA-1 next to SHA-256, but not alone', async () => {
    const old = await signed(program, { hash: 'sha1', by: stranger });
    expect(failed(await inspect(old))).toEqual(['pe.upstream-weak']);
    expect(failed(await inspect(await signed(old, { nest: true, stamped: true })))).toEqual([]);
  });

  test('is verified before it is signed, where both is asked for', async () => {
    const root = (existingSignature: 'append' | 'replace'): RootElement => ({
      type: 'pe',
      verify: 'authenticode',
      sign: { ...sign, existingSignature },
    });
    for (const fate of ['append', 'replace'] as const) {
      const inspection = await inspect(await signed(program), { root: root(fate) });
      expect(failed(inspection)).toEqual([]);
      expect(inspection.signTargets).toHaveLength(1);
      const strange = await inspect(await signed(program, { by: stranger }), { root: root(fate) });
      expect(failed(strange)).toEqual(['pe.upstream-untrusted']);
      expect(strange.signTargets).toEqual([]);
    }
  });
});
