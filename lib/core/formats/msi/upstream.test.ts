import { describe, expect, test } from 'vitest';
import { parseSha256Hex } from '../../ids/index.ts';
import { createTestSigner } from '../../pki/cms/signer.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { collected } from '../cfb/cfb.fixture.ts';
import { writeCompoundFile } from '../cfb/index.ts';
import { memorySource, readExactly } from '../random-access.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { msiFormat } from './index.ts';
import { installer, type Database } from './msi.fixture.ts';
import { isSignatureStream, readPackage } from './package.ts';
import { msiSigning } from './sign.ts';

const trust: UpstreamTrust = {
  now: new Date('2026-06-01T00:00:00Z'),
  signers: null,
  judgeSigner: () => ({ ok: true, subject: 'CN=Upstream', issuer: 'CN=Root', lifetimeSigning: false }),
  judgeTimestamp: () => ({ problem: 'there is none' }),
};
const signer = createTestSigner('Upstream');
const sign = { method: 'authenticode' } as const;
const signed = (file: Uint8Array) => signRounds({ signing: msiSigning, signer, file, sign });

async function failures(
  file: Uint8Array,
  upstream: UpstreamTrust | null = trust,
): Promise<readonly string[]> {
  const about = { path: ['widget.msi'], sha256: parseSha256Hex('ab'.repeat(32)), policy: null };
  const context = { sizeBytes: file.length, carries: [], digestsWanted: false, upstream };
  const asked = { sign: null, check: { verify: true } };
  const { findings } = await msiFormat.inspect(memorySource(file), { ...about, ...context, ...asked });
  return findings.flatMap(({ outcome, rule }) => (outcome === 'fail' ? [rule] : []));
}

/** The signature of one installer in another, with whatever is in MsiDigitalSignatureEx; null: without it. */
async function withSignatureOf(
  source: Uint8Array,
  target: Database,
  extended?: Uint8Array | null,
): Promise<Buffer> {
  const { file, signatures } = await readPackage(memorySource(source));
  const streams = signatures.flatMap((entry) =>
    entry.type === 'stream' ? [{ name: entry.name, content: file.open(entry) }] : [],
  );
  const replaced = streams.flatMap((stream) => {
    if (extended === undefined || !stream.name.endsWith('Ex')) return stream;
    return extended === null ? [] : { ...stream, content: memorySource(extended) };
  });
  const other = await readPackage(memorySource(await installer(target)));
  return collected(writeCompoundFile(other.file, { added: replaced, without: isSignatureStream }));
}

describe('an installer that upstream signed', async () => {
  const database = { streams: [{ name: 'a', content: Buffer.from('x') }] };
  const upstream = await signed(await installer(database));

  test('is taken as it is where its signature fits', async () => {
    expect(await failures(upstream)).toEqual([]);
    expect(await failures(await withSignatureOf(upstream, database))).toEqual([]);
  });

  test('is refused where it was changed after it was signed', async () => {
    const changed = { streams: [{ name: 'a', content: Buffer.from('y') }] };
    expect(await failures(await withSignatureOf(upstream, changed))).toEqual(['msi.upstream-digest']);
    const renamed = { streams: [{ name: 'b', content: Buffer.from('x') }] };
    expect(await failures(await withSignatureOf(upstream, renamed))).toEqual(['msi.upstream-digest']);
    const other = await withSignatureOf(upstream, database, Buffer.alloc(32));
    expect(await failures(other)).toEqual(['msi.upstream-digest']);
  });

  test('is refused where the digest of its names became content, and they were changed', async () => {
    const { file, signatures } = await readPackage(memorySource(upstream));
    const extended = signatures.find(({ name }) => name.endsWith('Ex'));
    if (extended?.type !== 'stream') throw new Error('it has no digest of its names');
    const digest = await readExactly(file.open(extended), 0, extended.sizeBytes);
    const moved = {
      streams: [
        { name: '\x01', content: Buffer.from(digest) },
        { name: 'b', content: Buffer.from('x') },
      ],
    };
    const stripped = await withSignatureOf(upstream, moved, null);
    expect((await readPackage(memorySource(stripped))).signatures).toHaveLength(1);
    expect(await failures(stripped)).toEqual(['msi.upstream-digest']);
  });

  test('is refused without a signature, without roots, and with something else in the place of the signature', async () => {
    expect(await failures(await installer())).toEqual(['msi.upstream-unsigned']);
    expect(await failures(upstream, null)).toEqual(['msi.upstream-untrusted']);
    const damaged = { streams: [{ name: '\x05DigitalSignature', content: Buffer.from('x') }] };
    expect(await failures(await installer(damaged))).toEqual(['msi.upstream-signature']);
    const storage = { streams: [{ name: '\x05DigitalSignature', children: [] }] };
    expect(await failures(await installer(storage))).toEqual(['msi.signature-invalid']);
  });

  test('can’t be judged again from facts alone', () => {
    const facts = { type: 'msi', signed: true, kind: 'installer', texts: {} } as const;
    const context = { sign: null, check: { verify: true }, policy: null, path: ['widget.msi'], sha256: null };
    expect(msiFormat.rejudge(facts, context).missing).toMatch(/was not recorded/);
  });
});
