import { describe, expect, test } from 'vitest';
import { parseSha256Hex } from '../../ids/index.ts';
import { oids } from '../../pki/asn1/index.ts';
import { createTestSigner } from '../../pki/cms/signer.fixture.ts';
import { memorySource } from '../random-access.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { nugetFormat } from './index.ts';
import { nupkg, signPackage } from './nuget.fixture.ts';
import { countersignature, put, signedBy } from './upstream.fixture.ts';

const author = createTestSigner('Author');
const feed = createTestSigner('Feed');
const stranger = createTestSigner('Stranger');
const trust: UpstreamTrust = {
  now: new Date('2026-06-01T00:00:00Z'),
  signers: null,
  judgeSigner: ({ certificate }) =>
    Buffer.compare(certificate, stranger.certificate) === 0
      ? { ok: false, why: 'untrusted', problem: 'nobody knows it' }
      : { ok: true, subject: 'CN=Someone', issuer: 'CN=Root', lifetimeSigning: false },
  judgeTimestamp: () => ({ problem: 'nobody knows its authority' }),
};
const unsigned = nupkg();

async function inspect(bytes: Uint8Array, upstream: UpstreamTrust | null = trust) {
  const about = { path: ['x.nupkg'], sha256: parseSha256Hex('ab'.repeat(32)), policy: null };
  const context = { sizeBytes: bytes.length, carries: [], digestsWanted: false, upstream };
  const asked = { sign: null, check: { verify: true } };
  const { findings } = await nugetFormat.inspect(memorySource(bytes), { ...about, ...context, ...asked });
  const failed = findings.filter(({ outcome }) => outcome === 'fail');
  return {
    told: failed.map(({ rule }) => rule.slice('nuget.'.length)),
    said: findings.map(({ message }) => message).join('\n'),
  };
}

describe('a package that others signed', () => {
  test('is taken with the signature of its author, of a feed, or of both, each of which is told', async () => {
    const ofAuthor = await inspect((await signPackage(author, unsigned)).signed);
    expect(ofAuthor.told).toEqual([]);
    expect(ofAuthor.said).toContain('The package carries a valid signature of “Author”');
    expect(ofAuthor.said).not.toContain('Nothing of that was verified');
    const ofFeed = await inspect(await signedBy(feed, unsigned, { commitment: [oids.proofOfReceipt] }));
    expect(ofFeed.told).toEqual([]);
    const both = await signedBy(author, unsigned, { ...countersignature(feed), others: [feed] });
    const inspected = await inspect(both);
    expect(inspected.told).toEqual([]);
    expect(inspected.said).toMatch(/of “Author”.*\n.*of “Feed”/);
  });

  test.each<[string, string, () => Promise<Uint8Array>]>([
    ['unsigned', 'unsigned', () => Promise.resolve(unsigned)],
    ['of a stranger', 'untrusted', () => signedBy(stranger, unsigned)],
    [
      'countersigned by a stranger',
      'untrusted',
      () => signedBy(author, unsigned, { ...countersignature(stranger), others: [stranger] }),
    ],
    [
      'about another package',
      'digest',
      async () => put(nupkg([{ name: 'lib/evil.dll' }]), (await signPackage(author, unsigned)).p7s),
    ],
    [
      'with a statement that says more',
      'digest',
      () => signedBy(author, unsigned, { content: Buffer.from(`Version:1\n\n${oids.sha256}-Hash:x\n\nx`) }),
    ],
    ['with another statement', 'digest', () => signedBy(author, unsigned, { content: Buffer.from('hello') })],
    ['that says not who signed', 'signature', () => signedBy(author, unsigned, { commitment: [] })],
    [
      'whose signature names another certificate',
      'signature',
      () => signedBy(author, unsigned, { named: stranger }),
    ],
    ['whose signature is none', 'signature', () => put(unsigned, Buffer.from('none'))],
    [
      'countersigned as by an author',
      'signature',
      () =>
        signedBy(author, unsigned, {
          ...countersignature(feed, { commitment: [oids.proofOfOrigin] }),
          others: [feed],
        }),
    ],
    [
      'countersigned without the certificate',
      'signature',
      () => signedBy(author, unsigned, countersignature(feed)),
    ],
    [
      'countersigned with a content type',
      'signature',
      () => signedBy(author, unsigned, { ...countersignature(feed, { contentType: true }), others: [feed] }),
    ],
    [
      'countersigned about another signature',
      'signature',
      () =>
        signedBy(author, unsigned, {
          unsigned: () => countersignature(feed).unsigned(Uint8Array.of(1)),
          others: [feed],
        }),
    ],
    [
      'by a hash that proves nothing, whoever countersigned it',
      'weak',
      () =>
        signedBy(stranger, unsigned, {
          ...countersignature(feed),
          digestAlgorithm: oids.sha1,
          others: [feed],
        }),
    ],
    [
      'of a feed, countersigned',
      'signature',
      () =>
        signedBy(feed, unsigned, {
          commitment: [oids.proofOfReceipt],
          ...countersignature(author),
          others: [author],
        }),
    ],
  ])('is refused %s', async (_what, rule, make) => {
    expect((await inspect(await make())).told).toEqual([`upstream-${rule}`]);
  });

  test('is refused where no root is known, and with a timestamp that doesn’t hold', async () => {
    const { signed } = await signPackage(author, unsigned, { stamp: () => Uint8Array.of(0x30, 0) });
    expect((await inspect(signed)).told).toEqual(['upstream-timestamp']);
    expect((await inspect((await signPackage(author, unsigned)).signed, null)).told).toEqual([
      'upstream-untrusted',
    ]);
  });

  test('is refused where anything follows the signature that it isn’t over', async () => {
    const { signed } = await signPackage(author, unsigned);
    const again = await put(signed, Uint8Array.of(1)).catch(() => null);
    if (again !== null) expect((await inspect(again)).told).not.toEqual([]);
    const changed = Uint8Array.from(signed);
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect((await inspect(changed)).told).not.toEqual([]);
  });

  test('can’t be judged again from facts alone, but that it isn’t signed can', () => {
    const facts = { type: 'nuget', signed: true, kind: 'library', texts: {} } as const;
    const context = { sign: null, check: { verify: true }, policy: null, path: ['x.nupkg'], sha256: null };
    expect(nugetFormat.rejudge(facts, context).missing).toMatch(/was not recorded/);
    const told = nugetFormat.rejudge({ ...facts, signed: false }, context).findings;
    expect(told.map(({ rule }) => rule)).toEqual(['nuget.upstream-unsigned']);
  });

  test('is told on the public page, and excludes being signed here without saying what becomes of its signature', () => {
    const compiled = nugetFormat.compile({ type: 'nuget', verify: 'nuget' } as never, undefined);
    expect(nugetFormat.describe(compiled).check).toContain('which is verified');
    const both = { type: 'nuget', verify: 'nuget', sign: { method: 'nuget' } } as never;
    expect(nugetFormat.compile(both, undefined).problems.map(({ rule }) => rule)).toEqual([
      'rule.verify-refuse',
    ]);
  });
});
