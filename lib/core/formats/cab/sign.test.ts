import { beforeAll, describe, expect, test } from 'vitest';
import { createTestSigner, type TestSigner } from '../../pki/cms/signer.fixture.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { isError } from '#core/error/index.ts';
import { ArchiveError } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { FormatError } from '../format.ts';
import { memorySource } from '../random-access.ts';
import { parseSha256Hex } from '../../ids/index.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { cab, mszip, type CabFolderParts } from './cab.fixture.ts';
import { cabFormat } from './index.ts';
import { inspectCab } from './inspect.ts';
import { cabSigning } from './sign.ts';

const folders: readonly CabFolderParts[] = [
  { type: mszip, files: [{ name: 'setup.inf', content: '[Version]\r\n' }] },
  { files: [{ name: 'driver.sys', content: 'MZ…' }] },
];
const unsigned = cab(folders);
const plain: AuthenticodeSign = { method: 'authenticode' };
let signer: TestSigner;
let signed: Buffer;
const sign = async (file: Uint8Array, options: Partial<AuthenticodeSign> = {}) =>
  Buffer.from(await signRounds({ signing: cabSigning, signer, file, sign: { ...plain, ...options } }));

beforeAll(async () => {
  signer = createTestSigner('Cabinets');
  signed = await sign(unsigned);
});

const changed = (bytes: Buffer, at: number, ...values: readonly number[]): Buffer => {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
};

describe('a signed cabinet', () => {
  test('has its signature behind it, and says so in 20 reserved bytes', () => {
    const [end, length] = [signed.readUInt32LE(44), signed.readUInt32LE(48)];
    expect(signed.readUInt32LE(8)).toBe(unsigned.length + 24);
    expect([end, end + length, length % 8]).toEqual([unsigned.length + 24, signed.length, 0]);
    expect(signed.toString('hex', 30, 44)).toBe('0400341200001400000000001000');
    expect(signed.subarray(76, end)).toEqual(unsigned.subarray(52));
  });

  test('has the same digest as before', async () => {
    const append = { ...plain, existingSignature: 'append' } as const;
    const [before, after] = await Promise.all(
      [unsigned, signed].map((bytes) => cabSigning.subject(memorySource(bytes), append)),
    );
    expect(after).toEqual(before);
  });

  test('is refused, replaced or appended to, as the options say', async () => {
    await expect(sign(signed)).rejects.toMatchObject({ code: 'ALREADY_SIGNED' });
    const replaced = await sign(signed, { existingSignature: 'replace', description: 'Anew' });
    expect(replaced.subarray(0, 48)).toEqual(signed.subarray(0, 48));
    expect(replaced.includes(signed.subarray(signed.readUInt32LE(44)))).toBe(false);
    const appended = await sign(signed, { existingSignature: 'append', hashAlgorithm: 'sha384' });
    expect(appended.length).toBeGreaterThan(signed.length + 1000);
  });

  test('may be signed by two hashes, and with an area that was reserved for a signature', async () => {
    const reserve = { header: Buffer.alloc(6144) };
    const roomy = cab(folders, { reserve });
    expect(await sign(roomy)).toEqual(signed);
    expect((await sign(roomy, { hashAlgorithm: ['sha256', 'sha512'] })).length).toBeGreaterThan(
      signed.length,
    );
    expect(await sign(cab(folders, { reserve: { header: Buffer.alloc(20) } }))).toEqual(signed);
  });

  test('whatever byte of it is changed, is refused or states another subject', async () => {
    const append = { ...plain, existingSignature: 'append' } as const;
    const { digest } = await cabSigning.subject(memorySource(signed), append);
    const end = signed.readUInt32LE(44);
    const unnoticed: number[] = [];
    for (let at = 0; at < end; at += 1) {
      try {
        const now = await cabSigning.subject(
          memorySource(changed(signed, at, (signed[at] ?? 0) ^ 0x10)),
          append,
        );
        if (now.digest === digest) unnoticed.push(at);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
    expect(unnoticed).toEqual([]);
  });

  test('cut off anywhere is refused', async () => {
    const append = { ...plain, existingSignature: 'append' } as const;
    for (let size = 0; size < signed.length; size += size < 300 ? 1 : 37)
      await expect(cabSigning.subject(memorySource(signed.subarray(0, size)), append)).rejects.toBeInstanceOf(
        FormatError,
      );
  });
});

describe('is refused', () => {
  const subject = (bytes: Uint8Array) =>
    cabSigning.subject(memorySource(bytes), { ...plain, existingSignature: 'append' });
  test('with bytes for each folder or block', async () => {
    for (const reserve of [{ folder: Buffer.alloc(1) }, { data: Buffer.alloc(1) }])
      await expect(subject(cab(folders, { reserve }))).rejects.toMatchObject({ code: 'RESERVED' });
  });
  test('with a signature elsewhere, or with bytes behind or before it', async () => {
    const end = signed.readUInt32LE(44);
    for (const bytes of [
      Buffer.concat([signed, Buffer.alloc(8)]),
      changed(signed, 44, (end & 0xff) + 1),
      // Eight bytes before it, which nothing accounts for.
      changed(signed, 44, ...numbers(end + 8), ...numbers(signed.length - end - 8)),
      changed(signed, 48, 0, 0, 0, 0),
      signed.subarray(0, end),
    ])
      await expect(subject(bytes)).rejects.toMatchObject({ code: 'UNREADABLE' });
  });
  test('with a signature that is none, or with bytes in its padding', async () => {
    const end = signed.readUInt32LE(44);
    await expect(subject(changed(signed, end, 0x31))).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await expect(subject(changed(signed, end + 2, 0))).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    const der = derOf(signed);
    for (const padding of [Buffer.of(1), Buffer.alloc(8)]) {
      const tail = Buffer.concat([der, padding]);
      const bytes = Buffer.concat([changed(signed, 48, ...numbers(tail.length)).subarray(0, end), tail]);
      await expect(subject(bytes)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
  });
  test('a signed file that isn’t the one before with the signature', async () => {
    const source = memorySource(unsigned);
    const parts = await cabSigning.subject(source, plain);
    const [end, der] = [signed.readUInt32LE(44), derOf(signed)];
    const readBack = (bytes: Uint8Array) => cabSigning.readBack(source, memorySource(bytes), der, plain);
    expect((await readBack(signed)).subject).toEqual(parts);
    expect(await collect(cabSigning.embed(source, der, plain))).toEqual(signed);
    const other = await sign(cab([...folders, { files: [{ name: 'more', content: 'x' }] }]));
    const anotherKey = changed(signed, end + der.length - 1, (der.at(-1) ?? 0) ^ 1);
    for (const bytes of [
      anotherKey,
      other,
      changed(signed, 32, 0x35),
      changed(signed, 32, 0x35, 0x12),
      unsigned,
    ])
      await expect(readBack(bytes)).rejects.toMatchObject({ code: 'DIFFERS' });
    const sameSize = await sign(
      cab([folders[0] ?? { files: [] }, { files: [{ name: 'driver.sys', content: 'ZM…' }] }]),
    );
    const moved = Buffer.concat([sameSize.subarray(0, sameSize.readUInt32LE(44)), signed.subarray(end)]);
    await expect(readBack(moved)).rejects.toMatchObject({ code: 'DIFFERS' });
  });
});

/** The signature behind it, without its padding. */
function derOf(bytes: Buffer): Buffer {
  const tail = bytes.subarray(bytes.readUInt32LE(44));
  return tail.subarray(0, 4 + tail.readUInt16BE(2));
}

const numbers = (value: number): number[] => {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(value);
  return [...word];
};

describe('inspection', () => {
  const inspect = async (
    bytes: Uint8Array,
    signing: AuthenticodeSign | null,
    repacked = false,
    upstream: UpstreamTrust | null = null,
  ) => {
    const verify = upstream === null ? {} : { verify: true };
    const report = await inspectCab(memorySource(bytes), {
      sign: signing,
      check: repacked || upstream !== null ? { ...(repacked ? { repacked } : {}), ...verify } : null,
      policy: null,
      path: ['a.cab'],
      sha256: parseSha256Hex('0'.repeat(64)),
      sizeBytes: bytes.length,
      carries: [],
      digestsWanted: false,
      upstream,
    });
    return { ...report, rules: report.findings.map(({ rule, outcome }) => `${outcome} ${rule}`) };
  };
  const replay = (signing: AuthenticodeSign | null, repacked: boolean, isSigned: boolean) =>
    cabFormat.rejudge(
      { type: 'cab', signed: isSigned, kind: 'installer', texts: {} },
      {
        sign: signing === null ? null : { ...signing },
        check: repacked ? { repacked } : null,
        policy: null,
        path: ['a.cab'],
        sha256: null,
      },
    );

  test.each([
    ['unsigned', false, plain, false, ['pass cab.structure', 'pass cab.unsigned'], true],
    ['signed', true, plain, false, ['pass cab.structure', 'fail cab.already-signed'], false],
    [
      'signed, to be replaced',
      true,
      { ...plain, existingSignature: 'replace' },
      true,
      ['pass cab.structure', 'info cab.signatures'],
      true,
    ],
    [
      'signed, with another',
      true,
      { ...plain, existingSignature: 'append' },
      false,
      ['pass cab.structure', 'info cab.signatures'],
      true,
    ],
    [
      'signed, with another and changed files',
      true,
      { ...plain, existingSignature: 'append' },
      true,
      ['pass cab.structure', 'fail cab.breaks-signature'],
      false,
    ],
    [
      'signed, with changed files',
      true,
      null,
      true,
      ['pass cab.structure', 'fail cab.breaks-signature'],
      false,
    ],
    ['signed, and kept', true, null, false, ['pass cab.structure', 'info cab.signatures'], false],
    ['unsigned, and kept', false, null, true, ['pass cab.structure'], false],
  ] as const)('a cabinet that is %s', async (_what, isSigned, signing, repacked, rules, isTarget) => {
    const report = await inspect(isSigned ? signed : unsigned, signing, repacked);
    expect([report.rules, report.target !== null, report.facts?.signed]).toEqual([rules, isTarget, isSigned]);
    const failed = report.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule);
    expect(replay(signing, repacked, isSigned).findings.map(({ rule }) => rule)).toEqual(failed);
  });

  test('what can’t be read, or has names that mean several places, isn’t signed', async () => {
    expect((await inspect(unsigned.subarray(0, 40), plain)).rules).toEqual(['fail archive.truncated']);
    expect((await inspect(cab([{ files: [{ name: '..\\x', content: 'x' }] }]), plain)).rules).toEqual([
      'pass cab.structure',
      'fail archive.name-traversal',
    ]);
    expect((await inspect(cab(folders, { reserve: { data: Buffer.alloc(2) } }), plain)).rules).toEqual([
      'fail cab.reserved',
    ]);
    const damaged = changed(unsigned, unsigned.length - 1, 0);
    expect((await inspect(damaged, plain)).rules).toEqual(['fail archive.bad-checksum']);
  });

  test('none is added to a signature that is about another cabinet', async () => {
    const other = await sign(cab([{ files: [{ name: 'other', content: 'x' }] }]));
    const end = signed.readUInt32LE(44);
    const tail = other.subarray(other.readUInt32LE(44));
    const moved = Buffer.concat([changed(signed, 48, ...numbers(tail.length)).subarray(0, end), tail]);
    const report = await inspect(moved, { ...plain, existingSignature: 'append' });
    expect(report.rules).toEqual(['pass cab.structure', 'fail cab.existing-signature']);
    expect(report.findings[1]?.message).toMatch(/it is about another cabinet/);
    expect((await inspect(moved, { ...plain, existingSignature: 'replace' })).target).not.toBeNull();
  });

  test('upstream’s signature is verified: of this cabinet, and by whom the foundation trusts', async () => {
    const trusting: UpstreamTrust = {
      now: new Date(0),
      signers: null,
      judgeSigner: () => ({ ok: true, subject: 'CN=Cabinets', issuer: 'CN=Root', lifetimeSigning: false }),
      judgeTimestamp: () => ({ problem: 'none is asked for here' }),
    };
    const strict: UpstreamTrust = {
      ...trusting,
      judgeSigner: () => ({ ok: false, why: 'untrusted', problem: 'it leads to no root' }),
    };
    expect((await inspect(signed, null, false, trusting)).rules).toEqual([
      'pass cab.structure',
      'pass cab.upstream-signature',
    ]);
    expect((await inspect(signed, null, false, strict)).rules).toEqual([
      'pass cab.structure',
      'fail cab.upstream-untrusted',
    ]);
    expect((await inspect(unsigned, null, false, trusting)).rules).toEqual([
      'pass cab.structure',
      'fail cab.upstream-unsigned',
    ]);
    const append = { ...plain, existingSignature: 'append' } as const;
    expect((await inspect(signed, append, false, trusting)).target).not.toBeNull();
    const other = await sign(cab([{ files: [{ name: 'other', content: 'x' }] }]));
    const tail = other.subarray(other.readUInt32LE(44));
    const moved = Buffer.concat([
      changed(signed, 48, ...numbers(tail.length)).subarray(0, signed.readUInt32LE(44)),
      tail,
    ]);
    const report = await inspect(moved, null, false, trusting);
    expect(report.findings.filter(({ outcome }) => outcome === 'fail')).toMatchObject([
      { message: expect.stringMatching(/it is about another cabinet/) as string },
    ]);
  });

  test('a cabinet that is expected as any file is told; anything else isn’t', async () => {
    const about = { path: ['a'], sha256: parseSha256Hex('0'.repeat(64)), carries: [], digestsWanted: false };
    const found = await cabFormat.inspectUndeclared(memorySource(signed), about);
    expect(found).toMatchObject({
      findings: [{ rule: 'cab.undeclared' }],
      facts: { type: 'cab', signed: true },
    });
    expect(await cabFormat.inspectUndeclared(memorySource(Buffer.from('MSCF')), about)).toBeNull();
  });

  test('errors of the reader are of the archive, and of signing of the format', async () => {
    const cut = memorySource(unsigned.subarray(0, 50));
    const error: unknown = await cabSigning.subject(cut, plain).catch((reason: unknown) => reason);
    expect(isError(error, FormatError) || error instanceof FormatError).toBe(true);
    expect(error instanceof ArchiveError).toBe(false);
  });
});
