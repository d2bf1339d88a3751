import { createHash, generateKeyPairSync, sign, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueCertificate } from '#core/pki/x509/index.ts';
import {
  KeyHolderError,
  type RegisteredKey,
  signingGrantId,
  type SigningGrantWire,
  type WireOf,
} from '../protocol/index.ts';
import { KeyHolderJournal } from './journal.ts';
import { createRateLimit } from './rate-limit.ts';
import { createGrantSigner, type SignGrantPorts } from './sign-grant.ts';

const now = new Date('2026-11-20T12:00:00Z');
const key = generateKeyPairSync('rsa', { modulusLength: 3072 });
const der = await issueCertificate(
  {
    kind: 'test',
    subject: { organization: 'Example', commonName: 'TEST ONLY: Example' },
    publicKey: key.publicKey,
    issuer: null,
    serial: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
    notBefore: new Date('2026-11-01'),
    notAfter: new Date('2026-12-01'),
  },
  (tbs) => Promise.resolve(sign('sha256', tbs, key.privateKey)),
);
const registered: RegisteredKey = {
  entry: {
    label: 'widget.release',
    token: 'signing',
    purpose: 'release',
    project: 'widget',
    name: 'release',
    program: 'executables',
    certificate: 'widget.release.pem',
    chain: [],
  },
  certificate: new X509Certificate(der),
  place: { token: 'signing', label: 'widget.release', wrapped: null },
};
const signedAttributes = Buffer.from('310430020500', 'hex');

type FileWire = WireOf<'release' | 'test'>;
function grant(change: Partial<FileWire> = {}): FileWire {
  const without: Omit<FileWire, 'grantId'> = {
    version: 1,
    purpose: 'release',
    keyLabel: 'widget.release',
    requestId: '0b7f8a52-0000-4000-8000-000000000001',
    project: 'widget',
    program: 'executables',
    artifactSha256: 'a'.repeat(64),
    leafPath: ['package/widget.exe'],
    unsignedSha256: 'b'.repeat(64),
    toBeSigned: signedAttributes.toString('base64'),
    policyCommit: 'c'.repeat(40),
    expiresAt: '2026-11-20T12:02:00.000Z',
    ...change,
  };
  return { grantId: signingGrantId(without), ...without, ...change };
}

function unnamed(purpose: 'timestamp' | 'crl' | 'ocsp', bytes: string): SigningGrantWire {
  const requestId = { timestamp: 'timestamp-1', crl: 'crl-1', ocsp: 'ocsp-4a11-1-0a1b2c3d' }[purpose];
  const without = {
    version: 1 as const,
    purpose,
    requestId,
    keyLabel: 'widget.release',
    toBeSigned: Buffer.from(bytes, 'hex').toString('base64'),
    expiresAt: '2026-11-20T12:02:00.000Z',
  };
  return { grantId: signingGrantId(without), ...without };
}

let dir: string;
let journal: KeyHolderJournal;
let calls: number;
let ports: SignGrantPorts;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-grant-'));
  journal = await KeyHolderJournal.open(join(dir, 'journal.jsonl'), now);
  calls = 0;
  ports = {
    keys: new Map([['widget.release', registered]]),
    journal,
    rateLimit: createRateLimit(3),
    sign: (_label, bytes, hash) => {
      calls += 1;
      return Promise.resolve(sign(hash, bytes, key.privateKey));
    },
    now: () => now,
    purposes: null,
    signDigest: () => Promise.reject(new Error('nothing signs files’ own bytes')),
    signChunks: null,
    readDocument: () => [] as never,
  };
});

afterEach(async () => {
  await journal.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('a grant', () => {
  it('gets its signature once; the same grant again gets the recorded one without the HSM', async () => {
    const signGrant = createGrantSigner(ports);
    const first = await signGrant(grant());
    const renewed = await signGrant(grant({ expiresAt: '2026-11-20T12:09:00.000Z' }));
    expect(Buffer.from(renewed)).toEqual(Buffer.from(first));
    expect(calls).toBe(1);
  });

  it('is signed once when it arrives twice concurrently', async () => {
    const signGrant = createGrantSigner(ports);
    await Promise.all([signGrant(grant()), signGrant(grant()), signGrant(grant())]);
    expect(calls).toBe(1);
  });

  it('is answered from the journal after a restart', async () => {
    await createGrantSigner(ports)(grant());
    await journal.close();
    journal = await KeyHolderJournal.open(join(dir, 'journal.jsonl'), now);
    await createGrantSigner({ ...ports, journal })(grant());
    expect(calls).toBe(1);
  });

  it('for octets that its place has a signature of gets that one, and the HSM isn’t used: a curve’s key would make a second', async () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const certificate = {
      publicKey: curve.publicKey,
      validFromDate: new Date('2026-11-01'),
      validToDate: new Date('2026-12-01'),
    } as unknown as X509Certificate;
    const keys = new Map([['widget.release', { ...registered, certificate }]]);
    const ecdsa = {
      ...ports,
      keys,
      sign: (_label: string, bytes: Uint8Array, hash: string) => {
        calls += 1;
        return Promise.resolve(sign(hash, bytes, curve.privateKey));
      },
    };
    const first = await createGrantSigner(ecdsa)(grant());
    await journal.close();
    journal = await KeyHolderJournal.open(join(dir, 'journal.jsonl'), now);
    const signGrant = createGrantSigner({ ...ecdsa, journal });
    const moved = grant({ policyCommit: 'd'.repeat(40) });
    expect(Buffer.from(await signGrant(moved))).toEqual(Buffer.from(first));
    expect(Buffer.from(await signGrant(grant({ policyCommit: 'e'.repeat(40) })))).toEqual(Buffer.from(first));
    expect(calls).toBe(1);
    // Each grant has its signature in the journal, where it is looked for.
    expect(Buffer.from((await journal.findSignature(moved.grantId)) ?? [])).toEqual(Buffer.from(first));
  });

  it('by another hash function than the signature that its place has is refused', async () => {
    const signGrant = createGrantSigner(ports);
    await signGrant(grant());
    await expect(signGrant(grant({ hash: 'sha384' }))).rejects.toMatchObject({ code: 'GRANT_CONFLICT' });
    expect(calls).toBe(1);
  });

  it('is numbered by its hash function and its round, where it names them', () => {
    const ids = [grant(), grant({ hash: 'sha384' }), grant({ hash: 'sha512' }), grant({ round: 1 })].map(
      ({ grantId }) => grantId,
    );
    expect(new Set(ids).size).toBe(4);
  });

  it('for a second signature of the file has a place of its own', async () => {
    const signer = createGrantSigner(ports);
    const second = grant({ round: 1, toBeSigned: Buffer.from('310430020501', 'hex').toString('base64') });
    await signer(grant());
    await signer(second);
    const others = { ...second, toBeSigned: Buffer.from('310430020502', 'hex').toString('base64') };
    await expect(signer({ ...others, grantId: signingGrantId(others) })).rejects.toMatchObject({
      code: 'GRANT_CONFLICT',
    });
  });

  it.each(['sha384', 'sha512'] as const)('is signed by the hash function that it names: %s', async (hash) => {
    const signature = await createGrantSigner(ports)(grant({ hash }));
    expect(verify(hash, signedAttributes, key.publicKey, signature)).toBe(true);
  });

  it('has its intent in the journal before the HSM is used', async () => {
    let seen = '';
    const observing = {
      ...ports,
      sign: (...asked: Parameters<typeof ports.sign>) => {
        seen = readFileSync(join(dir, 'journal.jsonl'), 'utf8');
        return ports.sign(...asked);
      },
    };
    await createGrantSigner(observing)(grant());
    expect(seen).toContain('"kind":"intent"');
    expect(seen).toContain(createHash('sha256').update(signedAttributes).digest('hex'));
    expect(seen).not.toContain('"kind":"signed"');
  });

  it.each([
    ['whose id is not its digest', { grantId: 'f'.repeat(64) }, 'GRANT_INVALID'],
    ['that has expired', { expiresAt: '2026-11-20T12:00:00.000Z' }, 'GRANT_EXPIRED'],
    ['that lasts for days', { expiresAt: '2026-11-22T12:00:00.000Z' }, 'GRANT_INVALID'],
    ['for a key that is not registered', { keyLabel: 'gadget.release' }, 'KEY_NOT_FOUND'],
    ['for another purpose than the key’s', { purpose: 'test' as const }, 'GRANT_MISMATCH'],
    ['for another project than the key’s', { project: 'gadget' }, 'GRANT_MISMATCH'],
    ['for another program than the key’s', { program: 'components' as const }, 'GRANT_MISMATCH'],
    ['over something else than signed attributes', { toBeSigned: 'MAIFAA==' }, 'GRANT_INVALID'],
  ])('is refused %s, and the HSM isn’t used', async (_, change, code) => {
    await expect(createGrantSigner(ports)(grant(change))).rejects.toMatchObject({ code });
    expect(calls).toBe(0);
  });

  const pae = (text: string, ...more: readonly number[]) =>
    Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from(more)]).toString('base64');

  it('is accepted over the payload of an envelope, as DSSE encodes it', async () => {
    await createGrantSigner(ports)(grant({ toBeSigned: pae('DSSEv1 3 a/b 2 ', 0x31, 0) }));
    expect(calls).toBe(1);
  });

  it.each([
    ['of another version', pae('DSSEv2 3 a/b 0 ')],
    ['behind another byte', pae(' DSSEv1 3 a/b 0 ')],
    ['of another length', pae('DSSEv1 3 a/b 1 ')],
    ['with more behind it', pae('DSSEv1 3 a/b 1 ', 1, 2)],
    ['of a type with another length', pae('DSSEv1 4 a/b 0 ')],
    ['of a type with a space', pae('DSSEv1 3 a b 0 ')],
    ['of a type with a line end', pae('DSSEv1 3 a\nb 0 ')],
    ['of no type', pae('DSSEv1 0  0 ')],
    ['with a length that has another form', pae('DSSEv1 03 a/b 0 ')],
    ['that is cut off', pae('DSSEv1 3 a/b')],
  ])('is refused over an envelope’s payload %s', async (_, toBeSigned) => {
    await expect(createGrantSigner(ports)(grant({ toBeSigned }))).rejects.toMatchObject({
      code: 'GRANT_INVALID',
    });
    expect(calls).toBe(0);
  });

  it('is refused over signed attributes as large as only a payload is', async () => {
    const toBeSigned = Buffer.concat([Buffer.from('3183020000', 'hex'), Buffer.alloc(131_072)]);
    await expect(
      createGrantSigner(ports)(grant({ toBeSigned: toBeSigned.toString('base64') })),
    ).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect(calls).toBe(0);
  });

  it('for a revocation list or an answer allows no envelope', async () => {
    const { program: _, ...entry } = registered.entry;
    const issuing = {
      ...registered,
      entry: { ...entry, purpose: 'issuing' as const, project: null, name: null },
    };
    const lists = createGrantSigner({ ...ports, keys: new Map([['widget.release', issuing]]) });
    const bytes = Buffer.from('DSSEv1 3 a/b 0 ').toString('hex');
    await expect(lists(unnamed('crl', bytes))).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('is refused for what this key holder doesn’t sign at all, whatever its key is for', async () => {
    const lists = createGrantSigner({ ...ports, purposes: ['crl'] });
    await expect(lists(grant())).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
    expect(calls).toBe(0);
  });

  it.each(['timestamp', 'crl', 'ocsp'] as const)(
    'for a %s asks a key of its own, not a project’s',
    async (purpose) => {
      await expect(createGrantSigner(ports)(unnamed(purpose, '310430020500'))).rejects.toMatchObject({
        code: 'GRANT_MISMATCH',
      });
      expect(calls).toBe(0);
    },
  );

  it('for a revocation list signs neither an answer nor a certificate, and one for an answer no list', async () => {
    const keyFor = (purpose: 'issuing' | 'ocsp') => {
      const { program: _, ...entry } = registered.entry;
      return { ...registered, entry: { ...entry, purpose, project: null, name: null } };
    };
    const [list, certificate, answer] = ['3003020101', '3005a003020102', '3005a203020103'];
    const asked = (purpose: 'crl' | 'ocsp', bytes: string) =>
      createGrantSigner({
        ...ports,
        keys: new Map([['widget.release', keyFor(purpose === 'crl' ? 'issuing' : 'ocsp')]]),
      })(unnamed(purpose, bytes));
    await asked('crl', list);
    await asked('ocsp', answer);
    for (const bytes of [certificate, answer, '310430020500'])
      await expect(asked('crl', bytes)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    await expect(asked('ocsp', list)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    // A number is signed for once.
    await expect(asked('crl', '3003020102')).rejects.toMatchObject({ code: 'GRANT_CONFLICT' });
    expect(calls).toBe(2);
  });

  it('is refused for other bytes of a file that was granted before, even side by side', async () => {
    const signGrant = createGrantSigner(ports);
    const other = grant({ toBeSigned: Buffer.from('31020500', 'hex').toString('base64') });
    const results = await Promise.allSettled([signGrant(grant()), signGrant(other)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'GRANT_CONFLICT' } });
    expect(calls).toBe(1);
  });

  it.each(['2026-10-31T00:00:00Z', '2026-12-02T00:00:00Z'])(
    'is refused at %s, outside the certificate’s life',
    async (time) => {
      const then = new Date(time);
      const late = grant({ expiresAt: new Date(then.getTime() + 1000).toISOString() });
      const attempt = createGrantSigner({ ...ports, now: () => then })(late);
      await expect(attempt).rejects.toMatchObject({ code: 'CERTIFICATE_NOT_VALID_NOW' });
    },
  );

  it('is refused before the day for which its certificate is announced, and signed from then on', async () => {
    const day = '2026-11-25T00:00:00Z';
    const announced = { ...registered, entry: { ...registered.entry, notUsedBefore: day } };
    const keys = new Map([['widget.release', announced]]);
    const at = (time: string) => {
      const then = new Date(time);
      const asked = grant({ expiresAt: new Date(then.getTime() + 1000).toISOString() });
      return createGrantSigner({ ...ports, keys, now: () => then })(asked);
    };
    await expect(at('2026-11-24T23:59:59.999Z')).rejects.toMatchObject({
      code: 'CERTIFICATE_NOT_VALID_NOW',
      message: expect.stringContaining(day) as string,
    });
    await expect(at(day)).resolves.toBeInstanceOf(Uint8Array);
  });

  it('is refused over the rate limit, towards which recorded answers don’t count', async () => {
    const signGrant = createGrantSigner(ports);
    const numbered = (file: number) => grant({ leafPath: [`${file}.exe`] });
    for (const file of [1, 1, 1, 2, 3]) await signGrant(numbered(file));
    await expect(signGrant(numbered(4))).rejects.toMatchObject({ code: 'RATE_EXCEEDED', retryable: true });
    const later = createGrantSigner({ ...ports, now: () => new Date(now.getTime() + 61_000) });
    await later(numbered(4));
    expect(calls).toBe(4);
  });

  it('gets no signature that its certificate doesn’t verify', async () => {
    const wrong = { ...ports, sign: () => Promise.resolve(new Uint8Array(384)) };
    await expect(createGrantSigner(wrong)(grant())).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' });
  });

  it('can be signed after the HSM failed', async () => {
    const unavailable = () => Promise.reject(new KeyHolderError('TOKEN_UNAVAILABLE', 'gone'));
    await expect(createGrantSigner({ ...ports, sign: unavailable })(grant())).rejects.toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      retryable: true,
    });
    await createGrantSigner(ports)(grant());
    expect(calls).toBe(1);
  });
});
