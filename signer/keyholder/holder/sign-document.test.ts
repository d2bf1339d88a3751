/** Keys of projects' own: what each signs, and that none signs for another. */
import {
  createHash,
  createVerify,
  generateKeyPairSync,
  privateEncrypt,
  constants,
  sign,
  X509Certificate,
} from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf, signatureTrailer, signatureTypes, signedText } from '#core/pki/openpgp/index.ts';
import { collected, inChunks } from '#core/pki/openpgp/openpgp.fixture.ts';
import { issueCertificate } from '#core/pki/x509/index.ts';
import { signingGrantId, type RegisteredKey, type SigningGrantWire, type WireOf } from '../protocol/index.ts';
import { KeyHolderJournal } from './journal.ts';
import { createRateLimit } from './rate-limit.ts';
import { readDocument } from './read-document.ts';
import { createGrantSigner, type SignGrantPorts } from './sign-grant.ts';

const now = new Date('2026-11-20T12:00:00Z');
const pair = generateKeyPairSync('rsa', { modulusLength: 3072 });
const prefixes = {
  sha256: '3031300d060960864801650304020105000420',
  sha512: '3051300d060960864801650304020305000440',
};
const record = async (kind: 'raw' | 'openpgp' | 'test') =>
  new X509Certificate(
    await issueCertificate(
      {
        kind,
        subject: { organization: 'Example', commonName: kind === 'test' ? 'TEST ONLY: x' : 'Key' },
        publicKey: pair.publicKey,
        issuer: null,
        serial: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
        notBefore: new Date('2026-11-01'),
        notAfter: new Date('2026-12-01'),
      },
      (tbs) => Promise.resolve(sign('sha256', tbs, pair.privateKey)),
    ),
  );
const certificates = {
  raw: await record('raw'),
  openpgp: await record('openpgp'),
  release: await record('test'),
};
const keyOf = (purpose: keyof typeof certificates): RegisteredKey => ({
  entry: {
    label: `widget.${purpose}`,
    token: 'signing',
    purpose,
    project: 'widget',
    name: purpose,
    program: 'executables',
    certificate: 'x.pem',
    chain: [],
    ...(purpose === 'release' ? {} : { serves: 'release' as const }),
  },
  certificate: certificates[purpose],
  place: { token: 'signing', label: `widget.${purpose}`, wrapped: null },
});
const fingerprint = fingerprintOf({ publicKey: pair.publicKey, created: certificates.openpgp.validFromDate });

const content = Buffer.from('- one  \ntwo\r\n');
const sha256 = createHash('sha256').update(content).digest();
const trailer = (change: object = {}) =>
  signatureTrailer({ type: signatureTypes.binary, hash: 'sha256', time: now, fingerprint, ...change });
const bytesOf = (appended: Uint8Array, digest: Uint8Array = sha256): string =>
  Buffer.concat([appended, digest]).toString('base64');

type DocumentWire = WireOf<'raw' | 'openpgp'>;
function grant(change: Partial<Omit<DocumentWire, 'purpose'>> & { purpose?: string } = {}): SigningGrantWire {
  const purpose = change.purpose ?? 'openpgp';
  const without = {
    version: 1,
    keyLabel: `widget.${purpose}`,
    requestId: '0b7f8a52-0000-4000-8000-000000000001',
    project: 'widget',
    program: 'executables',
    artifactSha256: 'a'.repeat(64),
    leafPath: ['SHA256SUMS'],
    unsignedSha256: sha256.toString('hex'),
    policyCommit: 'c'.repeat(40),
    expiresAt: '2026-11-20T12:02:00.000Z',
    serves: 'release',
    toBeSigned: purpose === 'raw' ? sha256.toString('base64') : bytesOf(trailer()),
    ...change,
    purpose,
  } as unknown as SigningGrantWire;
  return { ...without, grantId: signingGrantId(without) };
}

let folder: string;
let journal: KeyHolderJournal;
let calls: number;
let ports: SignGrantPorts;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-document-'));
  writeFileSync(join(folder, 'file'), content);
  writeFileSync(join(folder, 'other'), 'other content');
  journal = await KeyHolderJournal.open(join(folder, 'journal.jsonl'), now);
  calls = 0;
  ports = {
    keys: new Map(
      (['raw', 'openpgp', 'release'] as const).map((purpose) => [`widget.${purpose}`, keyOf(purpose)]),
    ),
    journal,
    rateLimit: createRateLimit(10),
    sign(_, bytes, hash) {
      calls += 1;
      return Promise.resolve(sign(hash, bytes, pair.privateKey));
    },
    signDigest(_, digest, hash) {
      calls += 1;
      const info = Buffer.concat([Buffer.from(prefixes[hash as 'sha256'], 'hex'), digest]);
      return Promise.resolve(
        privateEncrypt({ key: pair.privateKey, padding: constants.RSA_PKCS1_PADDING }, info),
      );
    },
    signChunks: null,
    readDocument: (file) => readDocument(folder, file),
    now: () => now,
    purposes: null,
  };
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const holds = (signature: Uint8Array, bytes: readonly Uint8Array[], hash = 'sha256'): boolean => {
  const verifier = createVerify(hash);
  for (const one of bytes) verifier.update(one);
  return verifier.verify(pair.publicKey, signature);
};
const ask = (wire: SigningGrantWire, file: string | null = 'file') => createGrantSigner(ports)(wire, file);

describe('a grant for a file’s own bytes', () => {
  it('is for a raw signature over the file, whatever its hash', async () => {
    expect(holds(await ask(grant({ purpose: 'raw' })), [content])).toBe(true);
    const other = grant({ purpose: 'raw', hash: 'sha512', leafPath: ['2'] });
    expect(holds(await ask(other), [content], 'sha512')).toBe(true);
  });

  it('of which the place has a signature gets that one, for the same file and hash function alone', async () => {
    const first = await ask(grant({ purpose: 'raw' }));
    const moved = { purpose: 'raw', policyCommit: 'd'.repeat(40) };
    expect(Buffer.from(await ask(grant(moved)))).toEqual(Buffer.from(first));
    await expect(ask(grant({ ...moved, hash: 'sha512' }))).rejects.toMatchObject({ code: 'GRANT_CONFLICT' });
    expect(calls).toBe(1);
  });

  it('is for an OpenPGP signature over the file and a trailer, once', async () => {
    const signature = await ask(grant());
    expect(holds(signature, [content, trailer()])).toBe(true);
    // The recorded one: the file isn’t read again.
    expect(await ask(grant(), 'gone')).toEqual(signature);
    expect(calls).toBe(1);
  });

  it('is hashed by the token where hashes may be made by it alone, and not in part', async () => {
    const seen: Buffer[] = [];
    let given = 0;
    const signChunks = async (_: string, chunks: () => AsyncIterable<Uint8Array>, hash: string) => {
      given += 1;
      for await (const chunk of chunks()) seen.push(Buffer.from(chunk));
      return sign(hash, Buffer.concat(seen), pair.privateKey);
    };
    ports = { ...ports, signChunks, signDigest: () => Promise.reject(new Error('hashed outside')) };
    expect(holds(await ask(grant()), [content, trailer()])).toBe(true);
    expect(Buffer.concat(seen)).toEqual(Buffer.concat([content, trailer()]));
    await expect(ask(grant({ leafPath: ['2'] }), 'other')).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
    expect(given).toBe(1);
    // Another file from the second reading on.
    let readings = 0;
    const readOther = (file: string) => readDocument(folder, (readings += 1) === 1 ? file : 'other');
    ports = { ...ports, readDocument: readOther };
    await expect(ask(grant({ leafPath: ['3'] }))).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
    expect(given).toBe(2);
  });

  it('is for a text as OpenPGP counts it', async () => {
    const text = trailer({ type: signatureTypes.text });
    const signature = await ask(grant({ toBeSigned: bytesOf(text) }));
    expect(holds(signature, [await collected(signedText(inChunks(content))), text])).toBe(true);
  });

  it('is refused over another file than the granted one', async () => {
    await expect(ask(grant(), 'other')).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
    expect(calls).toBe(0);
  });

  it('is refused where what is to be signed is another file than the grant names, though that one lies there', async () => {
    const other = createHash('sha256').update('other content').digest();
    const wire = grant({ toBeSigned: bytesOf(trailer(), other) });
    await expect(ask(wire, 'other')).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
    expect(calls).toBe(0);
  });

  it('is refused without a file, and for what is no plain file', async () => {
    await expect(ask(grant(), null)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    mkdirSync(join(folder, 'folder'));
    for (const name of ['link', 'folder', 'missing'])
      await expect(ask(grant(), name)).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE' });
    expect(calls).toBe(0);
  });

  const damaged = trailer();
  const mismatched: readonly (readonly [string, string, Parameters<typeof grant>[0]])[] = [
    ['of a certification', 'GRANT_INVALID', { toBeSigned: bytesOf(trailer({ type: 0x13 })) }],
    ['of a revocation', 'GRANT_INVALID', { toBeSigned: bytesOf(trailer({ type: 0x20 })) }],
    ['of a subkey', 'GRANT_INVALID', { toBeSigned: bytesOf(trailer({ type: 0x18 })) }],
    [
      'of version 3',
      'GRANT_INVALID',
      { toBeSigned: bytesOf(Buffer.concat([Buffer.of(3), damaged.subarray(1)])) },
    ],
    [
      'of version 6',
      'GRANT_INVALID',
      { toBeSigned: bytesOf(Buffer.concat([Buffer.of(6), damaged.subarray(1)])) },
    ],
    [
      'by SHA-1',
      'GRANT_INVALID',
      { toBeSigned: bytesOf(Buffer.concat([damaged.subarray(0, 3), Buffer.of(2), damaged.subarray(4)])) },
    ],
    [
      'with another ending',
      'GRANT_INVALID',
      { toBeSigned: bytesOf(Buffer.concat([damaged.subarray(0, -1), Buffer.of(0)])) },
    ],
    ['that isn’t there', 'GRANT_INVALID', { toBeSigned: sha256.toString('base64') }],
    [
      'of another key',
      'GRANT_MISMATCH',
      { toBeSigned: bytesOf(trailer({ fingerprint: Buffer.alloc(20, 7) })) },
    ],
    [
      'by another hash than the grant’s',
      'GRANT_MISMATCH',
      { toBeSigned: bytesOf(trailer({ hash: 'sha512' })) },
    ],
    [
      'with the digest of another file',
      'GRANT_MISMATCH',
      { toBeSigned: bytesOf(trailer(), Buffer.alloc(32)) },
    ],
  ];
  it.each(mismatched)('is refused with a trailer %s', async (_, code, change) => {
    await expect(ask(grant(change))).rejects.toMatchObject({ code });
    expect(calls).toBe(0);
  });

  it.each([
    ['raw', 'widget.openpgp'],
    ['raw', 'widget.release'],
    ['openpgp', 'widget.raw'],
    ['openpgp', 'widget.release'],
    ['release', 'widget.openpgp'],
    ['release', 'widget.raw'],
  ])('is refused for %s with the key %s', async (purpose, keyLabel) => {
    const ofRelease = { serves: undefined, toBeSigned: 'MQQwAgUA' } as object;
    const wire = grant({ purpose, keyLabel, ...(purpose === 'release' ? ofRelease : {}) });
    await expect(ask(wire)).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
    expect(calls).toBe(0);
  });

  it('is refused for a test with the key for releases', async () => {
    for (const purpose of ['raw', 'openpgp'])
      await expect(ask(grant({ purpose, serves: 'test' }))).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
  });

  it('of another project is refused', async () => {
    await expect(ask(grant({ project: 'gadget' }))).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
  });

  it('is refused for another trailer behind a file that was granted before', async () => {
    await ask(grant());
    const later = grant({ toBeSigned: bytesOf(trailer({ time: new Date('2026-11-20T12:00:01Z') })) });
    await expect(ask(later)).rejects.toMatchObject({ code: 'GRANT_CONFLICT' });
  });

  it('gets no signature that its record’s key doesn’t verify', async () => {
    ports = { ...ports, signDigest: () => Promise.resolve(new Uint8Array(384)) };
    await expect(ask(grant())).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' });
  });
});
